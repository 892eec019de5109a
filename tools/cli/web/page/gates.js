// Gates that wait: the question, and a form for the answer.

import { byId, el, isNew } from './dom.js';
import { instant } from './format.js';

const RELOAD = 'To answer again, load this page anew.';

/** @param send posts an answer; absent on a page that nobody serves */
export function showGates(gates, send) {
  byId('gates-part').hidden = gates.length === 0;
  // A form that somebody fills in stays as it is while the same is asked.
  if (!isNew('gates', gates)) return;
  byId('gates').replaceChildren(...gates.map((gate, i) => gateOf(gate, i, send)));
}

function gateOf({ name, question, askedAt }, i, send) {
  return el(
    'div',
    { class: 'gate' },
    el('h3', {}, `? ${name}`),
    el('p', { class: 'quiet' }, `asks since ${instant(askedAt)} UTC`),
    el('pre', { tabindex: '0', 'aria-label': `Question of gate ${name}` }, question),
    send && formOf({ name, askedAt }, `gate${i}`, send),
  );
}

function formOf({ name, askedAt }, id, send) {
  const choice = (value, text) =>
    el(
      'label',
      {},
      el('input', { type: 'radio', name: 'answer', value, required: true }),
      ` ${text} `,
    );
  const field = (key, label, autocomplete) =>
    el(
      'label',
      { for: `${id}-${key}` },
      label,
      el('input', { id: `${id}-${key}`, name: key, required: true, maxlength: 1000, autocomplete }),
    );
  const said = el('p', { role: 'status' });
  const button = el('button', { type: 'submit' }, 'Answer');
  const form = el(
    'form',
    { 'aria-label': `Answer gate ${name}` },
    el(
      'fieldset',
      {},
      el('legend', {}, 'Answer'),
      choice('approve', 'approve'),
      choice('refuse', 'refuse'),
    ),
    field('by', 'By (your name) ', 'name'),
    field('reason', 'Reason ', 'off'),
    button,
    said,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { answer, by, reason } = Object.fromEntries(new FormData(form));
    button.disabled = true;
    said.textContent = 'Sent; waiting until it is recorded …';
    try {
      await send('answer', { gate: name, answer, by, reason, askedAt });
      said.textContent = `Recorded: ${answer} by ${by}`;
    } catch (error) {
      // What was sent is not sent again by a second press.
      said.textContent = error.sent ? `${error.message}. ${RELOAD}` : error.message;
      button.disabled = error.sent !== undefined;
    }
  });
  return form;
}

// The redrive button: shows first what runs again and what stays done, then asks.

import { byId, el } from './dom.js';

let mark;

export function listenRedrive(ask, send) {
  const [dialog, yes] = [byId('plan'), byId('plan-yes')];
  byId('redrive').addEventListener('click', async () => {
    yes.hidden = true;
    fill(el('p', { role: 'status' }, 'Reading what it would do …'));
    dialog.showModal();
    try {
      const { lines, mark: shown } = await ask('plan');
      mark = shown;
      fill(planOf(lines));
      yes.hidden = false;
      yes.disabled = false;
      // Who presses Enter twice has done nothing.
      byId('plan-no').focus();
    } catch (error) {
      fill(el('p', { role: 'alert' }, error.message));
    }
  });
  byId('plan-no').addEventListener('click', () => dialog.close());
  yes.addEventListener('click', async () => {
    yes.disabled = true;
    try {
      await send('redrive', { mark });
      dialog.close();
      byId('news').textContent = 'Redriven';
    } catch (error) {
      yes.hidden = true;
      fill(el('p', { role: 'alert' }, error.message));
    }
  });
}

const fill = (...nodes) => byId('plan-lines').replaceChildren(...nodes);

/** `runs again   Settle the applications (Task)`: what, and which. */
function planOf(lines) {
  const rows = lines.map((line) => line.split(/ {2,}/));
  return el(
    'table',
    {},
    el('caption', {}, 'As “runbooks redrive” says it'),
    el(
      'tbody',
      {},
      ...rows.map(([what, ...which]) =>
        el('tr', {}, el('th', { scope: 'row' }, what), el('td', {}, which.join('  '))),
      ),
    ),
  );
}

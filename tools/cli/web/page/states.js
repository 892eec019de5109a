// States of the machine: signs in the picture, and the table that says the same in words.

import { byId, el, isNew, showTable } from './dom.js';
import { count, duration, instant, plural, SIGNS } from './format.js';

export function showStates(states) {
  const groups = new Map(
    [...document.querySelectorAll('#machine [data-state]')].map((g) => [g.dataset.state, g]),
  );
  for (const state of states) {
    const group = groups.get(state.name);
    if (group === undefined || !isNew(`state ${state.name}`, state)) continue;
    group.setAttribute('class', `state s-${state.status.replace(' ', '-')}`);
    // Its children are states, too: its own sign comes after them.
    const own = (kind) => [...group.children].find((one) => one.classList.contains(kind));
    own('badge').querySelector('text').textContent = SIGNS[state.status];
    own('times').textContent = timesOf(state);
  }
  showTable(
    'states',
    'States in the order of the definition',
    ['State', 'Status', '#Entries and tries', '#Time', 'From (UTC)', 'To (UTC)', 'Within'],
    states.map((s) => [
      ...[s.name, wordsOf(s), count(s.attempts)],
      s.attempts > 0 ? duration(s.seconds) : '',
      ...[instant(s.from), instant(s.to), s.within ?? ''],
    ]),
  );
}

function timesOf({ status, attempts, seconds, running }) {
  if (attempts === 0) return '';
  const many = running > 1 ? `, ${running} at work` : '';
  const tries = attempts > 1 ? `, ${attempts}×` : '';
  return status === 'waits' ? `waits ${duration(seconds)}` : `${duration(seconds)}${tries}${many}`;
}

function wordsOf({ status, running, failed }) {
  const words = status === 'waits' ? 'waits for a person' : status;
  const many = running > 1 ? ` in ${plural(running, 'child', 'children')}` : '';
  return `${words}${many}${failed > 0 && status !== 'failed' ? `, ${failed} failed` : ''}`;
}

export function showSigns() {
  const names = { ...SIGNS, 'not entered': '·' };
  byId('signs').replaceChildren(
    ...Object.entries(names).map(([status, sign]) =>
      el('span', {}, el('b', { class: `sign s-${status.replace(' ', '-')}` }, sign), ` ${status} `),
    ),
  );
}

/** Moves the picture, and nothing else of the page, to what is at work when that changes. */
export function followStates(states) {
  const at = states.findLast(({ status }) => ['waits', 'running', 'failed'].includes(status));
  if (at === undefined || !isNew('followed', at.name)) return;
  const group = document.querySelector(`#machine [data-state="${CSS.escape(at.name)}"]`);
  const box = byId('machine');
  if (!group || box.contains(document.activeElement)) return;
  const [own, around] = [group.getBoundingClientRect(), box.getBoundingClientRect()];
  box.scrollTop += own.top - around.top - box.clientHeight / 3;
}

// The table of batches, a page of it at a time: ten thousand rows are nobody's reading, and no browser's.

import { byId, el, isNew, tableOf } from './dom.js';
import { count, duration, instant } from './format.js';

const ROWS = 50;
const HEAD = [
  'Step',
  'Item',
  'Batch',
  'Attempt',
  'Status',
  'Started (UTC)',
  '#Rows',
  '#Time',
  'Message',
];
const view = { batches: [], page: 0, failed: false };

/** Newest first. */
export function showBatches(batches) {
  view.batches = batches;
  redraw();
}

function redraw() {
  if (!byId('batches-part').open) return;
  const chosen = view.failed
    ? view.batches.filter(({ status }) => status !== 'done')
    : view.batches;
  const pages = Math.max(1, Math.ceil(chosen.length / ROWS));
  view.page = Math.min(view.page, pages - 1);
  const end = chosen.length - view.page * ROWS;
  const rows = chosen
    .slice(Math.max(0, end - ROWS), end)
    .reverse()
    .map(rowOf);
  if (!isNew('batches', [rows, view.page, pages, view.failed])) return;
  const held = document.activeElement?.dataset?.turn;
  const caption = `Batches, newest first, page ${view.page + 1} of ${pages}`;
  byId('batches').replaceChildren(controls(pages), tableOf(caption, HEAD, rows));
  if (held) byId('batches').querySelector(`[data-turn="${held}"]`)?.focus();
}

const rowOf = ({ step, item, title, attempt, status, startedAt, endedAt, rows, error }) => [
  ...[step, item ?? '', title, String(attempt), status, instant(startedAt)],
  rows === undefined ? '' : count(rows),
  duration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000 || 0),
  error ?? '',
];

function controls(pages) {
  const turn = (name, text, by, disabled) => {
    const button = el('button', { type: 'button', 'data-turn': name, disabled }, text);
    button.addEventListener('click', () => {
      view.page += by;
      redraw();
    });
    return button;
  };
  const box = el('input', {
    type: 'checkbox',
    id: 'only',
    'data-turn': 'only',
    checked: view.failed,
  });
  box.addEventListener('change', () => {
    Object.assign(view, { failed: box.checked, page: 0 });
    redraw();
  });
  return el(
    'p',
    { role: 'group', 'aria-label': 'Pages of the table' },
    turn('newer', 'Newer', -1, view.page === 0),
    ' ',
    turn('older', 'Older', 1, view.page >= pages - 1),
    ' ',
    box,
    el('label', { for: 'only' }, ' only what is not done'),
  );
}

export const listenBatches = () => byId('batches-part').addEventListener('toggle', redraw);

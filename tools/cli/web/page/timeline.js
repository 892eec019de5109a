// The time line: what of it is seen, and which batch somebody points at, by mouse or keys.

import { lanesOf } from './bins.js';
import { byId } from './dom.js';
import { count, duration, instant } from './format.js';
import { LANE, paint, TOP } from './paint.js';

const line = { lanes: [], whole: [0, 1], seen: undefined, cursor: undefined, due: false };

export function showTimeline(batches, atWork, now) {
  line.lanes = lanesOf(batches, atWork, now);
  line.cursor = again(line.cursor);
  const bars = line.lanes.flatMap((lane) => [lane.bars[0].from, lastOf(lane)]);
  byId('timeline-part').hidden = bars.length === 0;
  if (bars.length === 0) return;
  const [from, to] = [Math.min(...bars), Math.max(...bars)];
  line.whole = [from, Math.max(to, from + 1000)];
  repaint();
}

/** A bar among those of its lane: work has no key, and one of a step at a time. */
const nameOf = ({ batch }) => batch.key ?? 'at work';

/** Where somebody points at now, in new lanes; undefined when it is gone. */
function again(cursor) {
  const lane = line.lanes.findIndex(({ label }) => label === cursor?.label);
  const bar = line.lanes[lane]?.bars.find((one) => nameOf(one) === cursor.name);
  return bar && { ...cursor, lane, bar };
}

const lastOf = ({ bars }) => bars.reduce((most, { to }) => Math.max(most, to), 0);
const range = () => line.seen ?? line.whole;

/** With the next picture of the screen, however often it is asked for. */
export function repaint() {
  if (line.due) return;
  line.due = true;
  requestAnimationFrame(() => {
    line.due = false;
    const [from, to] = range();
    paint(byId('timeline'), { lanes: line.lanes, from, to, cursor: line.cursor });
  });
}

/** @param how `all`, `in`, `out`, `back` or `on` */
export function zoom(how) {
  const [from, to] = range();
  const [first, last] = line.whole;
  const at = line.cursor ? (line.cursor.bar.from + line.cursor.bar.to) / 2 : (from + to) / 2;
  const span = (to - from) * ({ in: 0.5, out: 2 }[how] ?? 1);
  const move = { back: -0.5, on: 0.5 }[how];
  const start = move === undefined ? at - span / 2 : from + move * span;
  if (how === 'all' || span >= last - first) line.seen = undefined;
  else {
    const begin = Math.min(Math.max(first, start), last - Math.max(1000, span));
    line.seen = [begin, begin + Math.max(1000, span)];
  }
  repaint();
}

function point(lane, bar) {
  line.cursor = { lane, bar, label: line.lanes[lane].label, name: nameOf(bar) };
  const { batch, from, to } = bar;
  const { title, attempt, status, rows, error } = batch;
  byId('hit').textContent = [
    `${line.lanes[lane].label}: ${title}`,
    ...(attempt === undefined ? [] : [`attempt ${attempt}`]),
    `${status}, ${duration((to - from) / 1000)} from ${instant(new Date(from).toISOString())} UTC`,
    ...(rows === undefined ? [] : [`${count(rows)} rows`]),
    ...(error ? [error] : []),
  ].join(', ');
  const [first, last] = range();
  if (line.seen && (bar.from < first || bar.to > last)) zoom('to the cursor');
  repaint();
}

/** The bar at an instant, or the nearest. */
function nearest(lane, at) {
  const away = ({ from, to }) => Math.max(0, from - at, at - to);
  return line.lanes[lane].bars.reduce((best, bar) => (away(bar) < away(best) ? bar : best));
}

export function listenTimeline() {
  const canvas = byId('timeline');
  canvas.addEventListener('pointermove', ({ offsetX, offsetY }) => {
    const lane = Math.floor((offsetY - TOP) / LANE);
    if (line.lanes[lane] === undefined) return;
    const [from, to] = range();
    point(lane, nearest(lane, from + (offsetX / canvas.clientWidth) * (to - from)));
  });
  canvas.addEventListener('keydown', (event) => {
    const zooms = { '+': 'in', '=': 'in', '-': 'out', 0: 'all' }[event.key];
    const [across, down] = {
      ...{ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] },
    }[event.key] ?? [0, 0];
    if (zooms) zoom(zooms);
    else if (across || down) step(across, down);
    else return;
    event.preventDefault();
  });
  for (const button of document.querySelectorAll('[data-zoom]')) {
    button.addEventListener('click', () => zoom(button.dataset.zoom));
  }
  new ResizeObserver(repaint).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
}

function step(across, down) {
  if (line.lanes.length === 0) return;
  if (!line.cursor) return point(0, line.lanes[0].bars[0]);
  const lane = Math.min(line.lanes.length - 1, Math.max(0, line.cursor.lane + down));
  if (down) return point(lane, nearest(lane, line.cursor.bar.from));
  const { bars } = line.lanes[lane];
  const next = bars.indexOf(line.cursor.bar) + across;
  point(lane, bars[Math.min(bars.length - 1, Math.max(0, next))]);
}

// Paints lanes and axis on a canvas: its cost is pixels, however many batches there are.

import { marksOf } from './axis.js';
import { stretchesOf } from './bins.js';

export const LANE = 40;
export const TOP = 26;
const ORDER = ['done', 'stopped', 'failed', 'work'];
const BAR = { above: 19, height: 16 };

/** Colours of the page as it is now, light or dark. */
function coloursOf(canvas) {
  const style = getComputedStyle(canvas);
  const names = [
    'page',
    'text',
    'quiet',
    'line',
    'track',
    'done',
    'failed',
    'stopped',
    'work',
    'focus',
  ];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`)]));
}

/** @param cursor `{ lane, bar }` that is pointed at */
export function paint(canvas, { lanes, from, to, cursor }) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = TOP + lanes.length * LANE + 4;
  canvas.style.height = `${height}px`;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const g = canvas.getContext('2d');
  const colours = coloursOf(canvas);
  g.scale(ratio, ratio);
  g.font = '12px system-ui, sans-serif';
  for (const { x, text, day } of marksOf(from, to, width)) {
    g.fillStyle = colours.line;
    g.fillRect(Math.round(x), TOP - 8, day ? 2 : 1, height);
    g.fillStyle = day ? colours.text : colours.quiet;
    const half = g.measureText(text).width / 2;
    g.fillText(text, Math.min(Math.max(0, x - half), width - 2 * half), 12);
  }
  for (const [i, lane] of lanes.entries()) {
    const y = TOP + i * LANE;
    g.fillStyle = colours.track;
    g.fillRect(0, y + BAR.above, width, BAR.height);
    const stretches = stretchesOf(lane.bars, from, to, width);
    // What matters more is wider than it is long, over what is beside it.
    for (const stretch of stretches.sort(
      (a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status),
    )) {
      bar(g, stretch, y + BAR.above, colours);
    }
    label(g, lane.label, y + 14, colours);
    if (cursor?.lane === i) outline(g, cursor, { from, to, width, y, colours });
  }
}

/** Done is plain, failed is higher and hatched, stopped is half as high, what is at work is a frame. */
function bar(g, { x, width, status, gap }, y, colours) {
  const own = gap && width > 4 ? width - 1 : width;
  g.fillStyle = colours[status] ?? colours.done;
  if (status === 'work') {
    g.strokeStyle = colours.work;
    g.lineWidth = 2;
    g.strokeRect(x + 1, y + 1, Math.max(2, own - 2), BAR.height - 2);
  } else if (status === 'stopped') {
    const wide = Math.max(3, own);
    g.fillStyle = colours.page;
    g.fillRect(x, y, wide, BAR.height);
    g.fillStyle = colours.stopped;
    g.fillRect(x, y + BAR.height / 2, wide, BAR.height / 2);
  } else if (status === 'failed') {
    const wide = Math.max(3, own);
    g.fillRect(x, y - 3, wide, BAR.height + 6);
    g.fillStyle = colours.track;
    for (let at = x + 3; at < x + wide - 1; at += 6) g.fillRect(at, y - 1, 2, BAR.height + 2);
  } else {
    g.fillRect(x, y, own, BAR.height);
  }
}

/** On the page's ground, so that marks of the axis do not go through the words. */
function label(g, text, y, colours) {
  g.fillStyle = colours.text;
  g.fillText(text, 2, y);
}

function outline(g, { bar: { from: a, to: b } }, { from, to, width, y, colours }) {
  const scale = width / Math.max(1, to - from);
  const x = (a - from) * scale;
  g.strokeStyle = colours.focus;
  g.lineWidth = 2;
  g.strokeRect(x - 2, y + BAR.above - 4, Math.max(4, (b - a) * scale + 4), BAR.height + 8);
}

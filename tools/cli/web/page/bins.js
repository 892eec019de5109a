// From batches to what is painted: lanes, and in each lane stretches of pixels. Many batches share a pixel then, and
// the one that matters most is seen: failed before stopped before done.

const WEIGHT = { done: 1, stopped: 2, failed: 3 };
const NAMES = ['', 'done', 'stopped', 'failed'];

/** Lanes in the order they began: a step, or a step of one item. */
export function lanesOf(batches, atWork, now) {
  const lanes = new Map();
  const laneOf = ({ step, item }) => {
    const label = item === undefined ? step : `${item}: ${step}`;
    if (!lanes.has(label)) lanes.set(label, { label, bars: [] });
    return lanes.get(label);
  };
  for (const batch of batches) {
    const from = Date.parse(batch.startedAt);
    const to = Math.max(from, Date.parse(batch.endedAt) || from);
    laneOf(batch).bars.push({ from, to, status: batch.status, batch });
  }
  for (const one of atWork) {
    const work = { ...one, title: 'at work', status: 'at work', attempt: undefined };
    laneOf(one).bars.push({ from: one.since, to: now, status: 'work', batch: work });
  }
  const all = [...lanes.values()].filter(({ bars }) => bars.length > 0);
  for (const lane of all) lane.bars.sort((a, b) => a.from - b.from);
  return all.sort((a, b) => a.bars[0].from - b.bars[0].from);
}

/** Of a lane what is seen between two instants on so many pixels; `gap` where each bar can be told from the next. */
export function stretchesOf(bars, from, to, width) {
  const scale = width / Math.max(1, to - from);
  const seen = bars.filter((bar) => bar.to >= from && bar.from <= to);
  const place = ({ from: a, to: b }) => [
    Math.max(0, (a - from) * scale),
    Math.min(width, (b - from) * scale),
  ];
  if (seen.length <= width / 6) {
    return seen.map((bar) => {
      const [x, end] = place(bar);
      return {
        x: Math.min(x, width - 2),
        width: Math.max(2, end - x),
        status: bar.status,
        gap: true,
      };
    });
  }
  const pixels = new Uint8Array(Math.ceil(width) + 1);
  const work = [];
  for (const bar of seen) {
    const [x, end] = place(bar);
    if (bar.status === 'work') {
      work.push({ x, width: Math.max(2, end - x), status: 'work', gap: true });
      continue;
    }
    const weight = WEIGHT[bar.status] ?? 1;
    for (let at = Math.floor(x); at <= Math.max(Math.floor(x), Math.ceil(end) - 1); at++) {
      if (pixels[at] < weight) pixels[at] = weight;
    }
  }
  return [...joined(pixels), ...work];
}

function joined(pixels) {
  const found = [];
  for (let x = 0; x < pixels.length; x++) {
    if (pixels[x] === 0) continue;
    const start = x;
    while (pixels[x + 1] === pixels[start]) x++;
    found.push({ x: start, width: x + 1 - start, status: NAMES[pixels[start]], gap: false });
  }
  return found;
}

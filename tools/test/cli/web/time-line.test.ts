// What the page's script works out before it paints: the same files that the page has, as one script.

import * as fc from 'fast-check';
import { pageScript } from '../../../cli/web/assets';

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly status: string;
}
interface Stretch {
  readonly x: number;
  readonly width: number;
  readonly status: string;
}

const pure = pageScript().slice(0, pageScript().indexOf('const given ='));
const page = new Function(`${pure}; return { marksOf, lanesOf, stretchesOf, duration };`)() as {
  marksOf(from: number, to: number, width: number): { x: number; text: string; day: boolean }[];
  lanesOf(batches: object[], atWork: object[], now: number): { label: string; bars: Bar[] }[];
  stretchesOf(bars: Bar[], from: number, to: number, width: number): Stretch[];
  duration(seconds: number): string;
};
const DAY = 86_400_000;
const JAN = Date.parse('2026-01-01T00:00:00Z');

it('has days on the axis of a run of 30 days, with room for each word', () => {
  const marks = page.marksOf(JAN + 5 * 3_600_000, JAN + 30 * DAY, 700);
  expect(marks.map(({ text }) => text)).toEqual([
    'Jan 2',
    'Jan 7',
    'Jan 12',
    'Jan 17',
    'Jan 22',
    'Jan 27',
  ]);
  expect(marks.every(({ day }) => day)).toBe(true);
});

it('has hours within a day, and seconds within a minute', () => {
  expect(page.marksOf(JAN, JAN + DAY, 900).map(({ text }) => text)).toEqual([
    ...['Jan 1', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00', '21:00', 'Jan 2'],
  ]);
  expect(page.marksOf(JAN + 1000, JAN + 31_000, 200).map(({ text }) => text)).toEqual([
    ...['00:00:15', '00:00:30'],
  ]);
});

it('marks never stand closer than their words are wide', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1000, max: 400 * DAY }),
      fc.integer({ min: 200, max: 3000 }),
      (span, width) => {
        const marks = page.marksOf(JAN, JAN + span, width);
        const gaps = marks.slice(1).map(({ x }, i) => x - marks[i]!.x);
        return gaps.every((gap) => gap >= 83.9) && marks.length <= width / 84 + 1;
      },
    ),
  );
});

it('says long times in days', () => {
  expect([59, 3_661, 30 * 86_400 + 7_300].map(page.duration)).toEqual([
    '0:59',
    '1:01:01',
    '30 d 2 h',
  ]);
});

it('has a lane for each step of each item, in the order they began', () => {
  const at = (minute: number) => new Date(JAN + minute * 60_000).toISOString();
  const lanes = page.lanesOf(
    [
      { step: 'events', item: 'b', startedAt: at(5), endedAt: at(6), status: 'done' },
      { step: 'events', item: 'a', startedAt: at(3), endedAt: at(4), status: 'failed' },
      { step: 'events', item: 'b', startedAt: at(1), endedAt: at(2), status: 'done' },
    ],
    [{ step: 'load', since: JAN + 6 * 60_000 }],
    JAN + 9 * 60_000,
  );
  expect(lanes.map(({ label, bars }) => [label, bars.length])).toEqual([
    ['b: events', 2],
    ['a: events', 1],
    ['load', 1],
  ]);
  expect(lanes[2]!.bars[0]).toMatchObject({ status: 'work', to: JAN + 9 * 60_000 });
});

const bars = fc
  .array(
    fc.record({
      from: fc.integer({ min: 0, max: 10_000 }),
      length: fc.integer({ min: 0, max: 500 }),
      status: fc.constantFrom('done', 'failed', 'stopped'),
    }),
    { minLength: 60, maxLength: 400 },
  )
  .map((all) => all.map(({ from, length, status }) => ({ from, to: from + length, status })));

it('never hides a failed batch, and paints no more than there are pixels and batches', () => {
  fc.assert(
    fc.property(bars, (all) => {
      const found = page.stretchesOf(all, 0, 10_500, 300);
      const scale = 300 / 10_500;
      const isSeen = ({ from }: Bar) =>
        found.some(
          ({ x, width, status }) =>
            status === 'failed' && x - 2 <= from * scale && from * scale <= x + width + 2,
        );
      expect(found.length).toBeLessThanOrEqual(Math.min(301, all.length));
      expect(all.filter(({ status }) => status === 'failed').every(isSeen)).toBe(true);
      expect(found.every(({ x, width }) => x >= 0 && width > 0 && x + width <= 302)).toBe(true);
    }),
  );
});

it('joins ten thousand windows into few stretches, and keeps the one that failed', () => {
  const all = Array.from({ length: 10_000 }, (_, i) => ({
    ...{ from: i * 100, to: i * 100 + 99, status: i === 7_005 ? 'failed' : 'done' },
  }));
  const found = page.stretchesOf(all, 0, 1_000_000, 800);
  expect(found.map(({ status }) => status)).toEqual(['done', 'failed', 'done']);
  expect(found[1]).toMatchObject({ x: 560, width: 1 });
});

import * as fc from 'fast-check';
import { manifestOf, partKeys } from '../../../lambdas/extract-slices/manifest';
import {
  adapted,
  DAY,
  halved,
  instantOf,
  leftBehind,
  lengthOf,
  micros,
  nextSlice,
  SMALLEST,
  type Window,
  wholeOf,
} from '../../../lambdas/extract-slices/window';

/** What timestamp(6) can hold. */
const instants = fc.integer({ min: 1_000_000, max: 2_147_483_647_999_999 });

describe('instants', () => {
  it.each([
    ['2019-11-01T00:00:00Z', '2019-11-01 00:00:00.000000'],
    ['2019-11-01 00:00:00', '2019-11-01 00:00:00.000000'],
    ['2022-07-01 01:00:00.5', '2022-07-01 01:00:00.500000'],
    ['2022-07-01 01:00:00.000001', '2022-07-01 01:00:00.000001'],
    ['2038-01-19 03:14:07.999999', '2038-01-19 03:14:07.999999'],
  ])('%s is %s', (text, mysql) => {
    expect(instantOf(micros(text))).toBe(mysql);
  });

  it('come back as they were', () => {
    fc.assert(fc.property(instants, (us) => expect(micros(instantOf(us))).toBe(us)));
  });

  it('order as their texts do', () => {
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        expect(instantOf(a) < instantOf(b)).toBe(a < b);
      }),
    );
  });

  it.each(['', '2019-11-01', '2019-11-01 00:00:00+01:00', '2019-13-01 00:00:00', 'now'])(
    'refuses %j',
    (text) => {
      expect(() => micros(text)).toThrow('not an instant in UTC');
    },
  );
});

/** All slices of a window, each as long as `spans` says, again and again. */
function slicesOf(start: number, high: number, spans: readonly number[]): Window[] {
  const slices: Window[] = [];
  let left = wholeOf(instantOf(start), instantOf(high));
  for (let i = 0; left.length > 0; i++) {
    const slice = nextSlice(left, spans[i % spans.length]!);
    slices.push(slice);
    left = leftBehind(left, slice);
  }
  return slices;
}

describe('slices', () => {
  const spans = fc.array(fc.integer({ min: SMALLEST, max: 366 * DAY }), { minLength: 1 });
  const ranges = fc
    .tuple(instants, fc.integer({ min: 0, max: 40 * DAY }))
    .map(([start, length]) => [start, Math.min(start + length, 2_147_483_647_999_999)] as const);

  it('cover every microsecond from start to high exactly once', () => {
    const wide = fc.array(fc.integer({ min: DAY, max: 366 * DAY }), { minLength: 1 });
    fc.assert(
      fc.property(ranges, wide, ([start, high], lengths) => {
        const slices = slicesOf(start, high, lengths);
        expect(slices[0]!.from).toBe(start);
        expect(slices.at(-1)!.before).toBe(high + 1);
        slices.forEach((slice, i) => {
          expect(slice.before).toBeGreaterThan(slice.from);
          expect(slices[i + 1]?.from ?? high + 1).toBe(slice.before);
        });
      }),
    );
  });

  it('an instant is in one of them, on borders as well', () => {
    const short = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(instants, short, fc.integer({ min: 1, max: 7 }), (start, length, span) => {
        const slices = slicesOf(start, start + length, [span]);
        for (let at = start - 1; at <= start + length + 1; at++) {
          const holding = slices.filter(({ from, before }) => from <= at && at < before);
          expect(holding).toHaveLength(Number(at >= start && at <= start + length));
        }
      }),
    );
  });

  it('there are none when the start is after the mark', () => {
    expect(wholeOf('2022-07-01 01:00:00.000001', '2022-07-01 01:00:00')).toEqual([]);
    expect(wholeOf('2022-07-01 01:00:00', '2022-07-01 01:00:00')).toHaveLength(1);
  });

  it('what is given back in the middle is taken later', () => {
    const left = [
      { from: 0, before: 10 },
      { from: 3, before: 5 },
    ];
    expect(nextSlice(left, 20)).toEqual({ from: 0, before: 10 });
    expect(leftBehind(left, { from: 0, before: 10 })).toEqual([{ from: 3, before: 5 }]);
  });

  it('halving ends at the smallest', () => {
    fc.assert(
      fc.property(spans, ([span]) => {
        const next = halved({ from: 7, before: 7 + span! });
        expect(next).toBeGreaterThanOrEqual(SMALLEST);
        expect(next === SMALLEST || next < lengthOf({ from: 7, before: 7 + span! })).toBe(true);
      }),
    );
  });

  it('quick ones make the next twice as long, up to what was asked for', () => {
    expect(adapted(DAY, 74, 300, 30 * DAY)).toBe(2 * DAY);
    expect(adapted(DAY, 75, 300, 30 * DAY)).toBe(DAY);
    expect(adapted(20 * DAY, 1, 300, 30 * DAY)).toBe(30 * DAY);
  });
});

describe('manifests', () => {
  const url = (n: number, bucket = 'b', stem = 'f/x') =>
    `s3-eu-west-1://${bucket}/${stem}.part_0000${n}`;
  const text = (...urls: unknown[]) =>
    JSON.stringify({ entries: urls.map((one) => ({ url: one })) });

  it('of a slice name its parts', () => {
    expect(partKeys(text(url(0), url(1)), 'b', 'f/x')).toEqual([
      'f/x.part_00000',
      'f/x.part_00001',
    ]);
    expect(partKeys(text('s3://b/f/x.part_00000'), 'b', 'f/x')).toEqual(['f/x.part_00000']);
    expect(partKeys(text(), 'b', 'f/x')).toEqual([]);
  });

  it.each([
    ['no JSON', '{"entries": [{'],
    ['nothing', 'null'],
    ['no list', '{"entries": {}}'],
    ['an entry of nothing', '{"entries": [null]}'],
    ['a number', text(7)],
    ['another bucket', text(url(0, 'other'))],
    ['another slice', text(url(0, 'b', 'f/y'))],
    ['a part twice', text(url(0), url(0))],
    ['a gap', text(url(0), url(2))],
  ])('is none with %s', (_, made) => {
    expect(partKeys(made, 'b', 'f/x')).toBeUndefined();
  });

  it('of all slices say what must be there', () => {
    expect(JSON.parse(manifestOf('b', [{ key: 'f/x', bytes: 7 }]))).toEqual({
      entries: [{ url: 's3://b/f/x', mandatory: true, meta: { content_length: 7 } }],
    });
  });
});

// Ids of the history: where they begin and end, and how a range of them is cut.

import * as fc from 'fast-check';
import {
  assessOffset,
  nextIdFor,
  type OffsetFacts,
  offsetFor,
} from '../../../lambdas/shared/history/assess';
import { splitRange } from '../../../lambdas/shared/history/split';
import { coveredRows } from '../../../lambdas/shared/history/verified';

const id = fc.bigInt({ min: 1n, max: 2n ** 63n });
const ends = (...ids: readonly bigint[]) => {
  const sorted = [...ids].sort((a, b) => (a < b ? -1 : 1));
  return { min: sorted[0] ?? null, max: sorted.at(-1) ?? null };
};
const NONE = { min: null, max: null };

describe('the cut', () => {
  it('O3: is above every old id by the offset at least, and round', () => {
    fc.assert(
      fc.property(id, fc.nat(10_000_000), (max, rate) => {
        const offset = offsetFor(null, rate);
        const next = nextIdFor(max, offset);
        expect(next).toBeGreaterThanOrEqual(max + offset);
        expect(next).toBeLessThan(max + 2n * offset);
        expect(next % 10_000n).toBe(0n);
      }),
    );
  });

  it('O3: leaves four times the rows of the seven days for which its gate waits', () => {
    expect(offsetFor(null, 7_200)).toBe(4n * 7_200n * 24n * 7n);
    expect(offsetFor(123_456, 7_200)).toBe(123_456n);
    expect(offsetFor(1, 0)).toBe(10_000n);
  });

  it('O1, O4: is never at or below an old id, nor above a live one', () => {
    fc.assert(
      fc.property(fc.array(id), fc.array(id, { minLength: 1 }), (old, live) => {
        const facts = {
          source: ends(...old),
          target: ends(...live),
          cut: null,
          below: NONE,
          copied: [],
        };
        const verdict = assessOffset(facts);
        const collides = old.some((one) => live.some((other) => other <= one));
        expect(verdict.kind).toBe(collides ? 'overlap' : 'live');
        expect('cut' in verdict ? verdict.cut : ends(...live).min).toBe(ends(...live).min);
      }),
    );
  });

  const facts = (more: Partial<OffsetFacts>): OffsetFacts => ({
    source: ends(1n, 50n),
    target: NONE,
    cut: 100n,
    below: NONE,
    copied: [{ runId: 'run-1', lo: 1n, hi: 40n }],
    ...more,
  });

  it.each<[string, Partial<OffsetFacts>, object]>([
    ['nothing is there', {}, { kind: 'open' }],
    ['a copy is under way', { target: ends(1n, 40n), below: ends(1n, 40n) }, { kind: 'open' }],
    ['live rows are there', { target: ends(100n, 101n) }, { kind: 'live', cut: 100n }],
    [
      'a row behind the copy',
      { target: ends(1n, 41n), below: ends(1n, 41n) },
      { kind: 'overlap', from: 41n, to: 41n },
    ],
    [
      'a row before it',
      { target: ends(1n, 3n), below: ends(1n, 3n), copied: [{ runId: 'r', lo: 2n, hi: 3n }] },
      { kind: 'overlap', from: 1n, to: 1n },
    ],
    [
      'rows and no copy',
      { target: ends(7n, 9n), below: ends(7n, 9n), copied: [] },
      { kind: 'overlap', from: 7n, to: 9n },
    ],
    [
      'the old table passed live rows',
      { source: ends(1n, 100n), target: ends(100n) },
      { kind: 'passed', cut: 100n, max: 100n },
    ],
    ['the old table passed the cut alone', { source: ends(1n, 100n) }, { kind: 'open' }],
  ])('that is known is looked at again: %s', (_, more, verdict) => {
    expect(assessOffset(facts(more))).toEqual(verdict);
  });
});

describe('a range that is cut', () => {
  const rows = fc.uniqueArray(id, { minLength: 1, maxLength: 60 });
  const split = (ids: readonly bigint[], parts: number) => {
    const { min, max } = ends(...ids);
    return splitRange(min!, max!, parts, {
      rowsIn: async (lo, hi) => ids.filter((one) => one >= lo && one <= hi).length,
      firstFrom: async (from) => ends(...ids.filter((one) => one >= from)).min,
    });
  };

  it('has no gap and no overlap, begins at ids that exist, and survives JSON', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 8 }), async (ids, parts) => {
        const ranges = JSON.parse(JSON.stringify(await split(ids, parts)));
        expect(ranges.length).toBeLessThanOrEqual(parts);
        expect(BigInt(ranges[0].lo)).toBe(ends(...ids).min);
        expect(BigInt(ranges.at(-1).hi)).toBe(ends(...ids).max);
        for (const [i, { lo, hi }] of ranges.entries()) {
          expect(BigInt(hi)).toBeGreaterThanOrEqual(BigInt(lo));
          expect(ids).toContain(BigInt(lo));
          expect(BigInt(ranges[i + 1]?.lo ?? BigInt(hi) + 1n)).toBe(BigInt(hi) + 1n);
        }
      }),
    );
  });

  it('B2: has parts of as many rows each, also where ids are far apart', async () => {
    const near = Array.from({ length: 1_000 }, (_, i) => BigInt(i + 1));
    const ids = [...near, ...near.map((one) => one + 1_000_000_000n)];
    const ranges = await split(ids, 4);
    const counts = ranges.map(
      ({ lo, hi }) => ids.filter((one) => one >= BigInt(lo) && one <= BigInt(hi)).length,
    );
    expect(counts).toHaveLength(4);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(60);
  });
});

describe('what a comparison covers', () => {
  const part = (lo: bigint, hi: bigint, rows: bigint) => ({ lo, hi, rows });
  it.each<[string, ReturnType<typeof part>[], bigint | null]>([
    ['nothing', [], null],
    ['all', [part(1n, 9n, 5n)], 5n],
    ['parts', [part(1n, 4n, 2n), part(5n, 9n, 3n)], 5n],
    ['a gap', [part(1n, 4n, 2n), part(6n, 9n, 3n)], null],
    ['not the end', [part(1n, 8n, 2n)], null],
    ['not the beginning', [part(2n, 9n, 2n)], null],
    ['twice', [part(1n, 4n, 2n), part(5n, 9n, 3n), part(1n, 9n, 5n)], 5n],
  ])('is told from its parts: %s', (_, parts, rows) => {
    expect(coveredRows(parts, 1n, 9n)).toBe(rows);
  });
});

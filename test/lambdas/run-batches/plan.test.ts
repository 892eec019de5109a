import * as fc from 'fast-check';
import type { BatchPlan } from '../../../lambdas/run-batches/payload';
import { type Batch, batchAt, batchCount, timestamp } from '../../../lambdas/run-batches/plan';
import type { StatementTemplate } from '../../../lambdas/shared/sql';

const statement = { sql: { name: 'x.sql', text: 'call x(:days)' } };
const all = (plan: BatchPlan, to?: string) =>
  Array.from({ length: batchCount(plan, to) }, (_, i) => batchAt({ plan, statement }, i, to)!);

const parametersOf = (batch: Batch) => (batch.statement as StatementTemplate).parameters!;

describe('growing windows', () => {
  it('always advance and end exactly at the total', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_650 }),
        fc.integer({ min: 1, max: 3_650 }),
        (total, by) => {
          const days = all({ kind: 'growing', total, by }).map(
            (b) => parametersOf(b).days as number,
          );
          expect(days.at(-1)).toBe(total);
          expect(days.every((day, i) => i === 0 || day > days[i - 1]!)).toBe(true);
        },
      ),
    );
  });
});

describe('ranges', () => {
  const span = fc.record({
    from: fc.integer({ min: 0, max: 4e12 }),
    seconds: fc.integer({ min: 0, max: 1e8 }),
    hours: fc.integer({ min: 100, max: 720 }),
  });

  it('leave no gap, do not overlap, go from old to new and cover everything, also after JSON and back', () => {
    fc.assert(
      fc.property(span, ({ from, seconds, hours }) => {
        const start = new Date(Math.floor(from / 1000) * 1000);
        const to = new Date(start.getTime() + seconds * 1000);
        const plan: BatchPlan = JSON.parse(
          JSON.stringify({ kind: 'ranges', from: start.toISOString(), to: 'now', hours }),
        );
        const ranges = all(plan, to.toISOString()).map(parametersOf);
        const edges = [timestamp(start.getTime()), ...ranges.map((r) => r.range_end)];
        expect(ranges.map((r) => r.range_start)).toEqual(edges.slice(0, -1));
        expect(edges.at(-1)).toBe(seconds === 0 ? edges[0] : timestamp(to.getTime()));
        expect([...edges].sort()).toEqual(edges);
      }),
    );
  });

  it('reach events from the future with one range, however far away they are', () => {
    const from = '2026-01-01T00:00:00Z';
    const plan: BatchPlan = {
      kind: 'ranges',
      from,
      to: 'now',
      hours: 24,
      tail: '2038-01-01T00:00:00Z',
    };
    const ranges = all(plan, '2026-01-03T00:00:00Z').map((b) => b.title);
    expect(ranges).toEqual([
      '2026-01-01 00:00:00 to 2026-01-02 00:00:00',
      '2026-01-02 00:00:00 to 2026-01-03 00:00:00',
      '2026-01-03 00:00:00 to 2038-01-01 00:00:00',
    ]);
    expect(batchCount({ ...plan, tail: null }, '2026-01-03T00:00:00Z')).toBe(2);
  });

  it('are none when there is nothing to cover', () => {
    expect(
      batchCount({ kind: 'ranges', from: null, to: 'now', hours: 24 }, '2026-01-01T00:00:00Z'),
    ).toBe(0);
  });
});

describe('labels', () => {
  it('sort in the order of the batches', () => {
    const labels = all({ kind: 'count', batches: 1_200 }).map((b) => b.label);
    expect([...labels].sort()).toEqual(labels);
  });

  it('count from the first batch of a group', () => {
    expect(
      parametersOf(
        batchAt({ plan: { kind: 'count', first: 300, batches: 100 }, statement }, 99, undefined)!,
      ),
    ).toEqual({ batch: 399 });
    expect(
      batchAt({ plan: { kind: 'count', first: 300, batches: 100 }, statement }, 100, undefined),
    ).toBeUndefined();
  });
});

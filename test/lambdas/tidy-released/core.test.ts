import { progressKey } from '../../../lambdas/run-batches/progress';
import { DataApi } from '../../../lambdas/shared/data-api';
import { runKey } from '../../../lambdas/shared/ledger';
import type { RunItem } from '../../../lambdas/shared/runs';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { tidyReleased } from '../../../lambdas/tidy-released/core';
import { FakeClock, FakeWarehouse, type ScriptedStatement } from '../../support/fake-warehouse';
import { MemoryLedger } from '../../support/memory-ledger';
import { callerOf, openedRun } from '../../support/runs';

const WAREHOUSE = { workgroup: 'w', database: 'd' };

/** A run that was given up with staging tables of two tenants. */
async function place(
  script: ScriptedStatement = {},
  change: Partial<RunItem> = { status: 'released' },
) {
  const { ledger } = new MemoryLedger();
  const clock = new FakeClock();
  const warehouse = new FakeWarehouse(clock, () => script);
  const run = await openedRun(ledger, { input: { keepObjectsDays: 3 }, ...change });
  for (const schema of ['reporting_ca', 'reporting_pa']) {
    const statements = [{ name: 'create', ids: { schema, staging: 'load_1' } }];
    const item = { map: 'tenants', key: schema.slice(-2) };
    await ledger.put(progressKey({ runId: run.runId, item }, 'createStaging'), {
      payload: { warehouse: WAREHOUSE, plan: { kind: 'list', statements } },
    });
  }
  const holder = { value: undefined as { id: string; busy: boolean } | undefined };
  const tidy = (remainingMs = 900_000) =>
    tidyReleased(
      callerOf(run),
      {
        ledger,
        clock,
        sqlText,
        dataApi: (target) => new DataApi(warehouse.client as never, target),
        sessions: () => ({
          holder: async () => holder.value,
          kill: async () => false,
          close: () => undefined,
        }),
      },
      { remainingMs: () => remainingMs },
    );
  return { tidy, warehouse, ledger, run, holder };
}
const drops = (warehouse: FakeWarehouse) =>
  warehouse.statements.map(({ sql }) => /drop table if exists (.*)/.exec(sql)![1]);

it('drops the staging tables that the run has begun to make, and hands on how long objects stay', async () => {
  const { tidy, warehouse } = await place();
  await expect(tidy()).resolves.toEqual({ dropped: 2, keepObjectsDays: 3 });
  expect(drops(warehouse)).toEqual([
    '"reporting_ca"."load_1"',
    '"reporting_ca"."load_1_swapped"',
    '"reporting_pa"."load_1"',
    '"reporting_pa"."load_1_swapped"',
  ]);
  await expect(tidy()).resolves.toMatchObject({ dropped: 2 });
});

it('drops nothing while MySQL still writes', async () => {
  const { tidy, warehouse, ledger, run, holder } = await place();
  const attempt = { number: 1, window: { from: 0, before: 1 } };
  await ledger.put(runKey(run.runId, 'extract#PA'), { version: 1, source: {}, attempt });
  holder.value = { id: '7', busy: true };
  await expect(tidy()).rejects.toMatchObject({
    name: 'StatementStillRunsError',
    message: expect.stringContaining('MySQL still writes its extract of PA'),
  });
  expect(warehouse.statements).toEqual([]);
  holder.value = undefined;
  await expect(tidy()).resolves.toMatchObject({ dropped: 2 });
});

it('names a table that cannot be dropped', async () => {
  const { tidy } = await place({ ends: 'FAILED', error: 'must be owner of table' });
  await expect(tidy()).rejects.toMatchObject({
    name: 'StatementStoppedError',
    message: expect.stringMatching(/reporting_ca\.load_1 .* must be owner of table/),
  });
});

it('goes on in a retry when its time is over', async () => {
  const { tidy, warehouse } = await place();
  await expect(tidy(30_000)).rejects.toMatchObject({ name: 'TryAgainError' });
  expect(warehouse.statements).toEqual([]);
});

it.each(['open', 'succeeded'] as const)('refuses a run that is %s', async (status) => {
  const { tidy, warehouse } = await place({}, { status });
  await expect(tidy()).rejects.toMatchObject({ name: 'RefusedInputError' });
  expect(warehouse.statements).toEqual([]);
});

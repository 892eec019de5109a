import { readClickstreamLog } from '../../../lambdas/read-clickstream-log/core';
import type { DataApi, Row } from '../../../lambdas/shared/data-api';
import { type Ledger, runKey } from '../../../lambdas/shared/ledger';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { FakeClock } from '../../support/fake-warehouse';
import { startLedger } from '../../support/ledger';
import { FakeStepFunctions } from '../../support/runs';

const ROOT = 'arn:aws:states:us-east-1:000000000000:execution:m:one';
let ledger: Ledger;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ ledger, stop } = await startLedger());
  await ledger.put(runKey('run-1'), {
    runId: 'run-1',
    executionArn: ROOT,
    status: 'open',
    startedAt: '2026-01-01T00:00:00Z',
  });
});
afterAll(() => stop());

const part = (name: string, last_end: string | null, last_error: string | null = null): Row => ({
  name: `sp_migrate_${name}_to_v2`,
  last_end,
  last_error,
  errors: last_error ? '1' : '0',
  message: last_error && 'error message:disk full',
});
const ENDED = ['event', 'user', 'item', 'session'].map((name) => part(name, '2026-01-01 02:00:00'));

const read = (rows: Row[]) =>
  readClickstreamLog(
    {
      version: 1,
      runId: 'run-1',
      rootArn: ROOT,
      selfArn: ROOT,
      redriveCount: 0,
      item: { map: 'applications', key: 'shop' },
      warehouse: { workgroup: 'w', database: 'd' },
      schema: 'shop',
    },
    {
      ledger,
      sfn: new FakeStepFunctions().client,
      clock: new FakeClock(),
      sqlText,
      dataApi: () => ({ read: async () => rows }) as unknown as DataApi,
    },
  );

it('is content when the last word on every part is an end', async () => {
  await expect(read(ENDED)).resolves.toMatchObject({
    ended: expect.arrayContaining(['sp_migrate_user_to_v2']),
  });
});

it('trap 2: waiting for "backfill all end": the end of every part is asked for', async () => {
  const all: Row = {
    name: 'sp_migrate_data_to_v2',
    last_end: '2026-01-01 03:00:00',
    last_error: null,
    errors: '0',
    message: null,
  };
  await expect(read([all, ...ENDED.slice(0, 3)])).rejects.toMatchObject({
    name: 'ProcedureFailedError',
    message: expect.stringContaining('sp_migrate_session_to_v2 left no end row'),
  });
});

it('forgives an error that a later end has overcome', async () => {
  await expect(
    read([part('event', '2026-01-01 02:00:00', '2026-01-01 01:00:00'), ...ENDED.slice(1)]),
  ).resolves.toBeDefined();
});

it('trap 38: goes by time and not by id: an error after the last end is somebody else’s, and is noted', async () => {
  await expect(
    read([part('event', '2026-01-01 02:00:00', '2026-01-01 02:00:01'), ...ENDED.slice(1)]),
  ).resolves.toBeDefined();
  await expect(ledger.get(runKey('run-1', 'note#shop#errors-after-end'))).resolves.toMatchObject({
    text: expect.stringContaining('disk full'),
  });
});

it('trap 12: migrating while loads run: loads that failed meanwhile are noted, because their files are forgotten', async () => {
  const load: Row = {
    name: 'sp_merge_event_v2',
    last_end: null,
    last_error: '2026-01-01 01:00:00',
    errors: '2',
    message: 'x',
  };
  await expect(read([...ENDED, load])).resolves.toMatchObject({ liveLoadErrors: 2 });
  await expect(ledger.get(runKey('run-1', 'note#shop#live-loads'))).resolves.toMatchObject({
    text: expect.stringContaining('2 live load(s) failed'),
  });
});

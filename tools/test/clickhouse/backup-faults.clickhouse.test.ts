// A server that is busy, or lets nobody in for a moment, says nothing of a backup: none is condemned, and no second
// one is begun, for a fault that passes.

import { backUpClickHouse } from '../../../lambdas/back-up-clickhouse/core';
import { confirmBackup } from '../../../lambdas/confirm-backup/core';
import { restoreClickHouse } from '../../../lambdas/restore-clickhouse/core';
import { Backups } from '../../../lambdas/shared/aspects/server/backups';
import type { MemoryLedger } from '../../../test/support/memory-ledger';
import type { ClickHouseServer } from '../../rehearsal/clickhouse';
import { Faults } from '../../rehearsal/faults/faults';
import { ALL_FOUR, approveRestore, PLACE, takeBackup, untilDone } from './backup-world';
import { openLedger, payloadOf, serverAs, startAspects, workDeps } from './world';

let server: ClickHouseServer;
let ledger: MemoryLedger;
const faults = new Faults();
beforeAll(async () => {
  server = await startAspects([], { faults });
});
afterAll(() => server?.stop());
beforeEach(async () => {
  ledger = await openLedger(server);
});

const PASSING: readonly [string, string][] = [
  ['159', 'TryAgainError'],
  ['209', 'TryAgainError'],
  ['516', 'ClickHouseCredentialsError'],
];
const break_ = (sql: string, error: string) =>
  faults.arm({ kind: 'error', service: 'clickhouse', sql, nth: 1, error });

/** The server refuses the statement with a code, after it has done it. */
const late = (sql: RegExp, code: string) => {
  const deps = workDeps(ledger);
  let left = 1;
  const connect: typeof deps.connect = async (ref) => {
    const { client, login } = await deps.connect(ref);
    const command: typeof client.command = async (call) => {
      const answer = await client.command(call);
      if (sql.test(call.query) && left-- > 0) throw Object.assign(new Error('late'), { code });
      return answer;
    };
    const query: typeof client.query = (call) => client.query(call);
    return { client: { command, query, close: () => client.close() }, login };
  };
  return { ...deps, connect };
};

async function backUp(step: string, deps = workDeps(ledger)): Promise<string> {
  const payload = { ...payloadOf(server), step, place: PLACE };
  return (await untilDone((on) => backUpClickHouse(payload, deps, on))).backupId!;
}
const nameOf = (step: string, number = 1) => `runbook-${payloadOf(server).runId}-${step}-${number}`;

describe('a backup of the run', () => {
  it.each(PASSING)('stays good when its reading ends in %s: %s', async (code, name) => {
    break_('restore database', code);
    await expect(backUp(`read-${code}`)).rejects.toMatchObject({ name });
    expect(await backUp(`read-${code}`)).toBe(nameOf(`read-${code}`));
  });

  it.each(PASSING)('is begun under the same name after %s: %s', async (code, name) => {
    break_('backup database', code);
    await expect(backUp(`begin-${code}`)).rejects.toMatchObject({ name });
    expect(await backUp(`begin-${code}`)).toBe(nameOf(`begin-${code}`));
  });

  it.each(['209', '241'])('that was begun before the server said %s is the one', async (code) => {
    const deps = late(/backup database/, code);
    if (code === '209') {
      await expect(backUp(`late-${code}`, deps)).rejects.toMatchObject({ name: 'TryAgainError' });
    }
    expect(await backUp(`late-${code}`, deps)).toBe(nameOf(`late-${code}`));
  });
});

it.each(PASSING)('a backup of people is not refused for %s: %s', async (code, name) => {
  const backupId = `runbook-${payloadOf(server).runId}-people-${code}`;
  await takeBackup(server, ALL_FOUR, backupId);
  const confirm = () =>
    confirmBackup({ ...payloadOf(server), place: PLACE, backupId }, workDeps(ledger));
  break_('restore database', code);
  await expect(confirm()).rejects.toMatchObject({ name });
  expect(await confirm()).toMatchObject({ backupId });
});

it('a backup of people is read again in the same instant', async () => {
  const backupId = `runbook-${payloadOf(server).runId}-people-again`;
  await takeBackup(server, ALL_FOUR, backupId);
  const { clock, ...others } = workDeps(ledger);
  const now = clock.now();
  const deps = { ...others, clock: { ...clock, now: () => now } };
  const confirm = () => confirmBackup({ ...payloadOf(server), place: PLACE, backupId }, deps);
  break_('restore table', '241');
  await expect(confirm()).rejects.toMatchObject({ name: 'ClickHouseBackupError' });
  expect(await confirm()).toMatchObject({ backupId });
});

it('a backup of people is not taken for one whose name only begins as it does', async () => {
  const backupId = `runbook-${payloadOf(server).runId}-people-10`;
  await takeBackup(server, 'table xapi.alembic_version', backupId);
  const backups = new Backups(serverAs(server), PLACE);
  expect(await backups.made(backupId)).toBeGreaterThan(0);
  expect(await backups.made(backupId.slice(0, -1))).toBeUndefined();
  expect(await backups.made(backupId.slice(1))).toBeUndefined();
});

describe('a restore', () => {
  let backupId: string;
  const restore = (step: string, deps = workDeps(ledger)) => {
    const more = { step, place: PLACE, backupId, alembic: '0040', gate: 'restore' };
    const payload = { ...payloadOf(server), ...more };
    return untilDone((on) => restoreClickHouse(payload, deps, on));
  };
  const attempts = async (step: string) =>
    (await ledger.get<{ number: number }>({
      pk: `run#${payloadOf(server).runId}`,
      sk: `restore#${step}`,
    }))!.number;
  beforeEach(async () => {
    backupId ??= await backUp('for-restore');
    await approveRestore(ledger, server, backupId);
  });

  it.each(PASSING)('does not give its backup up for %s: %s', async (code, name) => {
    break_('restore database', code);
    await expect(restore(`back-read-${code}`)).rejects.toMatchObject({ name });
    await restore(`back-read-${code}`);
    expect(await attempts(`back-read-${code}`)).toBe(1);
  });

  it.each(['159', '241'])('that was begun before the server said %s is followed', async (code) => {
    const deps = late(/restore database (?!.* as )/, code);
    if (code === '159') {
      await expect(restore(`back-late-${code}`, deps)).rejects.toMatchObject({
        name: 'TryAgainError',
      });
    }
    await restore(`back-late-${code}`, deps);
    expect(await attempts(`back-late-${code}`)).toBe(1);
  });

  it('T18: drops nothing while something writes again, and a backup is not begun', async () => {
    const deps = { ...workDeps(ledger), writing: async () => ['ralph'] };
    await expect(restore('beside', deps)).rejects.toThrow(/ralph run again and write/);
    expect(await server.query('exists xapi.xapi_events_all')).toEqual([{ result: 1 }]);
    await expect(backUp('beside-writers', deps)).rejects.toThrow(/ralph run again and write/);
    expect(await server.query("select id from system.backups where id like '%beside%'")).toEqual(
      [],
    );
    await restore('beside');
    expect(await attempts('beside')).toBe(1);
  });
});

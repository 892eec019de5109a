// Backup and restore on a real engine: made once, read back, and unknown where the server has forgotten.

import { backUpClickHouse } from '../../../lambdas/back-up-clickhouse/core';
import { confirmBackup } from '../../../lambdas/confirm-backup/core';
import { restoreClickHouse } from '../../../lambdas/restore-clickhouse/core';
import { sqlText } from '../../../lambdas/shared/sql-files';
import type { MemoryLedger } from '../../../test/support/memory-ledger';
import { BACKUP_DISK, type ClickHouseServer } from '../../rehearsal/clickhouse';
import { Faults } from '../../rehearsal/faults/faults';
import { ALL_FOUR, approveRestore, invocation, PLACE, takeBackup, untilDone } from './backup-world';
import { initOf, openLedger, payloadOf, scenarioSql, startAspects, workDeps } from './world';

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

const ask = (runId: string, change: object = {}) => {
  const payload = { ...payloadOf(server), step: 'backup', place: PLACE, ...change };
  return { ...payload, runId: runId || payload.runId };
};
const backUp = (change: object = {}) =>
  untilDone((on) => backUpClickHouse(ask('', change), workDeps(ledger), on));
/** A row that the LMS writes into a raw table while a backup is asked for. */
const enter = () =>
  server.query("insert into event_sink.external_id (external_user_id, user_id) values ('u-1', 1)");
const backups = async () =>
  await server.query(
    "select id, toString(status) as status from system.backups where id not like '%check%'",
  );

describe('a backup', () => {
  it('is made once, whatever answer was lost, and read back', async () => {
    faults.arm({ kind: 'lost-answer', service: 'clickhouse', sql: 'backup database', nth: 1 });
    await expect(backUp()).rejects.toMatchObject({ name: 'TryAgainError' });
    const seen = await backUp();
    expect(seen.backupId).toBe(`runbook-${payloadOf(server).runId}-backup-1`);
    expect(seen.bytes).toBeGreaterThan(100_000);
    expect(await backUp()).toEqual(seen);
    expect(await backups()).toEqual([{ id: seen.backupId, status: 'BACKUP_CREATED' }]);
    const key = { pk: `run#${payloadOf(server).runId}`, sk: 'check#-#backup of ClickHouse' };
    expect(await ledger.get(key)).toMatchObject({ ok: true });
    expect(
      await server.query("select name from system.databases where name like '%_check'"),
    ).toEqual([]);
  });

  it('that the server has forgotten is unknown, and another one is made after a redrive', async () => {
    const runId = payloadOf(server).runId;
    await ledger.put(
      { pk: `run#${runId}`, sk: 'backup#backup' },
      { number: 7, id: `runbook-${runId}-backup-7`, state: 'begun', expected: 1, bytes: 0, at: '' },
    );
    await expect(backUp()).rejects.toThrow(/nobody can say whether it is whole/);
    expect((await backUp()).backupId).toBe(`runbook-${runId}-backup-8`);
  });

  it('that fails says why', async () => {
    await expect(backUp({ step: 'elsewhere', place: { disk: 'nowhere' } })).rejects.toMatchObject({
      name: 'ClickHouseBackupError',
      message: expect.stringMatching(/of no use: .*nowhere/),
    });
  });

  it('that cannot be read back is none', async () => {
    faults.arm({
      kind: 'error',
      service: 'clickhouse',
      sql: 'restore table',
      nth: 1,
      error: '599',
    });
    await expect(backUp({ step: 'third' })).rejects.toThrow(
      /revision read back is unreadable: .*599/,
    );
  });
});

/** A server whose limit is so low that most tables are above it. */
const strict = (limit: number) => ({
  ...workDeps(ledger),
  sqlText: (source: Parameters<typeof sqlText>[0]) =>
    sqlText(source).replace(/\(select value from system\.server_settings[^)]*\)/, `'${limit}'`),
});

describe('a backup of people', () => {
  const id = () => `runbook-${payloadOf(server).runId}-people`;
  const confirm = (change: object = {}, deps = workDeps(ledger)) =>
    confirmBackup({ ...payloadOf(server), place: PLACE, backupId: id(), ...change }, deps);
  const take = (what: string, backupId: string) => takeBackup(server, what, backupId);

  it('that has one database, or not every table, is refused', async () => {
    await take('database xapi', `${id()}-1`);
    await expect(confirm({ backupId: `${id()}-1` })).rejects.toMatchObject({
      name: 'ClickHouseBackupError',
      message: expect.stringMatching(/cannot be read: .*not found in backup/),
    });
    const rest = 'database event_sink, database reporting, database openedx';
    await take(`${rest}, database xapi except tables xapi_events_all`, `${id()}-2`);
    await expect(confirm({ backupId: `${id()}-2` })).rejects.toThrow(
      /lacks 1 of \d+ relations: xapi\.xapi_events_all\. Nothing was changed.*code 598/,
    );
    expect(
      await server.query("select name from system.databases where name like '%_check'"),
    ).toEqual([]);
  });

  it('that is too small to have the rows is refused while the server knows it', async () => {
    const backupId = `${id()}-3`;
    await take(ALL_FOUR, backupId);
    const deps = workDeps(ledger);
    const grown = (source: Parameters<typeof sqlText>[0]) =>
      sqlText(source).replace('sum(bytes_on_disk)', 'sum(bytes_on_disk) * 1000');
    await expect(confirm({ backupId }, { ...deps, sqlText: grown })).rejects.toThrow(
      /has \d+ bytes, and the tables have \d+\. Nothing was changed/,
    );
    expect(await confirm({ backupId })).toMatchObject({ backupId });
  });

  it('that is whole is read, and on the way back once more, also where nothing is there any more', async () => {
    await take(ALL_FOUR, id());
    expect(await confirm()).toEqual({ backupId: id(), alembic: '0040' });
    const wayBack = { alembic: '0040' };
    await expect(confirm({ wayBack: { alembic: '0041' } })).rejects.toThrow(/has revision 0040/);
    await expect(confirm({ wayBack }, strict(50_000))).rejects.toThrow(
      /xapi\.xapi_events_all has \d+ bytes and max_table_size_to_drop is 50000/,
    );
    expect(await confirm({ wayBack }, strict(0))).toEqual({ backupId: id(), alembic: '0040' });
    const rest = 'database event_sink, database reporting, database openedx';
    await take(`${rest}, database xapi except tables responses`, 'less');
    // Nothing is kept of it: the raw tables decide, and those it has.
    expect(await confirm({ wayBack, backupId: 'less' })).toMatchObject({ backupId: 'less' });
  });
});

describe('a restore', () => {
  const restore = (backupId: string, alembic = '0040', step = 'restore') => {
    const payload = { ...ask(''), step, backupId, alembic, gate: 'restore' };
    return untilDone((on) => restoreClickHouse(payload, workDeps(ledger), on));
  };
  const approve = (backupId: string) => approveRestore(ledger, server, backupId);

  it('is refused without an approval, and drops nothing for a backup of another revision', async () => {
    await expect(restore('runbook-x-1')).rejects.toThrow(/has not approved/);
    const { backupId } = await backUp({ step: 'for-restore' });
    await approve(backupId!);
    await expect(restore(backupId!, '0041')).rejects.toThrow(/revision 0040.*Nothing was dropped/);
    expect(await server.query('exists xapi.xapi_events_all')).toEqual([{ result: 1 }]);
  });

  it('drops nothing where one table may not be dropped, or the backup lacks a table', async () => {
    const { backupId } = await backUp({ step: 'limited' });
    await approve(backupId!);
    const payload = {
      ...ask(''),
      step: 'limited',
      backupId: backupId!,
      alembic: '0040',
      gate: 'restore',
    };
    await expect(restoreClickHouse(payload, strict(50_000), invocation())).rejects.toThrow(
      /xapi_events_all has \d+ bytes and max_table_size_to_drop is 50000/,
    );
    const kept = { pk: `backup#${backupId}`, sk: 'relations' };
    await ledger.put(kept, { relations: ['xapi.xapi_events_all', 'xapi.gone_from_it'] });
    await expect(restoreClickHouse(payload, workDeps(ledger), invocation())).rejects.toThrow(
      /lacks 1 of 2 relations: xapi\.gone_from_it\. Nothing was dropped/,
    );
    expect(await server.query('exists reporting.fact_enrollment_status')).toEqual([{ result: 1 }]);
  });

  it('brings everything back, after an answer was lost in the middle', async () => {
    const before = await server.query('select toUInt32(count()) as n from xapi.xapi_events_all');
    const { backupId } = await backUp({ step: 'again' });
    for (const file of initOf('v5.0.0')) await server.script(scenarioSql(file));
    await server.script(scenarioSql('macro/v5.0.0.sql'));
    await approve(backupId!);
    faults.arm({ kind: 'lost-answer', service: 'clickhouse', sql: 'restore database', nth: 1 });
    await expect(restore(backupId!)).rejects.toMatchObject({
      name: 'TryAgainError',
      message: expect.anything(),
    });
    expect(await restore(backupId!)).toEqual({ status: 'done', alembic: '0040' });
    expect(await restore(backupId!)).toEqual({ status: 'done', alembic: '0040' });
    expect(await server.query('select toUInt32(count()) as n from xapi.xapi_events_all')).toEqual(
      before,
    );
    expect(await server.query('exists event_sink.course_enrollment')).toEqual([{ result: 1 }]);
    expect(await server.query('exists reporting.dim_most_recent_enrollment')).toEqual([
      { result: 0 },
    ]);
    const [{ n }] = (await server.query(
      'select toUInt32(count()) as n from reporting.fact_enrollment_status final',
    )) as [{ n: number }];
    expect(n).toBe(200);
  });

  it('is not done while a relation is missing, or the events', async () => {
    const { backupId } = await backUp({ step: 'whole' });
    await approve(backupId!);
    const key = { pk: `backup#${backupId}`, sk: 'relations' };
    const kept = (await ledger.get<{ relations: string[]; rows: object }>(key))!;
    expect(kept.rows).toMatchObject({ 'xapi.xapi_events_all': expect.any(Number) });
    const attempt = { number: 1, id: `${backupId}-back`, state: 'begun', dropped: true, at: '' };
    const of = { pk: `run#${payloadOf(server).runId}`, sk: 'restore#whole' };
    // A restore that has ended by itself; what it brought is what is there.
    const ended = async () => {
      for (const name of ['reporting', 'event_sink', 'xapi', 'openedx']) {
        await server.query(
          `drop database if exists ${name} sync settings check_table_dependencies = 0`,
        );
      }
      attempt.id = `${attempt.id}-x`;
      await server.query(
        `restore ${ALL_FOUR} from Disk('${BACKUP_DISK}', '${backupId}') settings id = '${attempt.id}'`,
      );
      await ledger.put(of, attempt);
    };
    const payload = { ...ask(''), step: 'whole', backupId: backupId!, alembic: '0040' };
    const conclude = () =>
      restoreClickHouse({ ...payload, gate: 'restore' }, workDeps(ledger), invocation());
    await ended();
    await server.query('truncate table xapi.xapi_events_all');
    await expect(conclude()).rejects.toThrow(/no rows: xapi\.xapi_events_all \(had \d+\)/);
    await ended();
    await server.query('drop view reporting.fact_enrollments sync');
    await expect(conclude()).rejects.toThrow(/lacks 1 of \d+ relations: reporting\./);
    await ended();
    expect(await conclude()).toEqual({ status: 'done', alembic: '0040' });
  });

  it('of a backup that people took before the rows came goes on after a second one, and says so', async () => {
    const backupId = `runbook-${payloadOf(server).runId}-people-early`;
    await server.query('truncate table event_sink.external_id');
    await takeBackup(server, ALL_FOUR, backupId);
    await enter();
    await confirmBackup({ ...payloadOf(server), place: PLACE, backupId }, workDeps(ledger));
    await approve(backupId);
    const early = () => restore(backupId, '0040', 'early');
    await expect(early()).rejects.toThrow(
      /no rows: event_sink\.external_id \(had 1\)\. .*redrive as it is/,
    );
    expect(await early()).toEqual({ status: 'done', alembic: '0040' });
    const sk = 'check#-#rows after the restore of ClickHouse';
    expect(await ledger.get({ pk: `run#${payloadOf(server).runId}`, sk })).toMatchObject({
      ok: false,
      actual: 'none in event_sink.external_id (had 1)',
    });
  });
});

it('a backup of the run has the rows of a table only where they were there before it was begun', async () => {
  await server.query('truncate table event_sink.external_id');
  const held = { ...workDeps(ledger), writing: async () => ['ralph'] };
  await expect(backUpClickHouse(ask('', { step: 'before' }), held, invocation())).rejects.toThrow(
    /ralph/,
  );
  await enter();
  const { backupId } = await backUp({ step: 'before' });
  const { rows } = (await ledger.get<{ rows: Record<string, number> }>({
    pk: `backup#${backupId}`,
    sk: 'relations',
  }))!;
  expect(rows['xapi.xapi_events_all']).toBeGreaterThan(0);
  expect(rows['event_sink.external_id'] ?? 0).toBe(0);
});

// A view of the operator's own that works between other databases: while a backup is read, it works once.

import { confirmBackup } from '../../../lambdas/confirm-backup/core';
import { dropCopies } from '../../../lambdas/drop-copies/core';
import { copiesKey } from '../../../lambdas/shared/aspects/server/copies';
import { leaseKey, runKey } from '../../../lambdas/shared/ledger';
import type { RunItem } from '../../../lambdas/shared/runs';
import type { MemoryLedger } from '../../../test/support/memory-ledger';
import { BACKUP_DISK, type ClickHouseServer } from '../../rehearsal/clickhouse';
import { openLedger, payloadOf, startAspects, workDeps } from './world';

let server: ClickHouseServer;
let ledger: MemoryLedger;
beforeAll(async () => {
  server = await startAspects();
  for (const text of [
    'create database custom',
    'create table custom.src (k Int32) engine = MergeTree order by k',
    'create table custom.dst (k Int32) engine = MergeTree order by k',
    'create table custom.kept (k Int32) engine = MergeTree order by k',
    'create materialized view reporting.own_mv to custom.dst as select k from custom.src',
    'create materialized view xapi.own_copy_mv to custom.kept as select 1 as k from xapi.xapi_events_all',
    'create materialized view reporting.own_inner engine = MergeTree order by k as select k from custom.src',
    'create view reporting.own_view as select k from reporting.own_inner',
  ]) {
    await server.query(text);
  }
});
afterAll(() => server?.stop());
beforeEach(async () => {
  ledger = await openLedger(server);
});

const id = () => `runbook-${payloadOf(server).runId}-people`;
/** What comes in while the copies are there. */
const meanwhile = (text: string) => {
  const deps = workDeps(ledger);
  const connect: typeof deps.connect = async (ref) => {
    const { client, login } = await deps.connect(ref);
    const command: typeof client.command = async (call) => {
      const answer = await client.command(call);
      if (/restore database/.test(call.query)) await server.query(text);
      return answer;
    };
    const query: typeof client.query = (call) => client.query(call);
    return { client: { command, query, close: () => client.close() }, login };
  };
  return { ...deps, connect };
};
const kept = async (table: string) => (await server.query(`select k from ${table}`)).length;

it('an event that comes in while a backup is read is written once, now and on the way back', async () => {
  await server.query(
    `backup database xapi, database event_sink, database reporting, database openedx to Disk('${BACKUP_DISK}', '${id()}')`,
  );
  const payload = { ...payloadOf(server), place: { disk: BACKUP_DISK }, backupId: id() };
  await confirmBackup(payload, meanwhile('insert into custom.src values (7)'));
  expect(await kept('custom.dst')).toBe(1);
  // By then somebody has taken the view away: the backup has it still.
  await server.query('drop view reporting.own_mv sync');
  const back = { ...payload, wayBack: { alembic: '0040' } };
  await confirmBackup(back, meanwhile('insert into custom.src values (8)'));
  expect(await kept('custom.dst')).toBe(1);
  expect(await server.query("select name from system.databases where name like '%_check'")).toEqual(
    [],
  );
});

it('copies that a killed look has left are noted, and a release drops them', async () => {
  const payload = { ...payloadOf(server), place: { disk: BACKUP_DISK }, backupId: id() };
  const { runId } = payload;
  const deps = workDeps(ledger);
  const connect: typeof deps.connect = async (ref) => {
    const { client, login } = await deps.connect(ref);
    let dead = false;
    const command: typeof client.command = async (call) => {
      if (dead) throw new Error('killed');
      const answer = await client.command(call);
      dead = /restore database/.test(call.query);
      return answer;
    };
    const query: typeof client.query = (call) => client.query(call);
    return { client: { command, query, close: () => client.close() }, login };
  };
  await expect(confirmBackup(payload, { ...deps, connect })).rejects.toThrow(/killed/);
  const copies = () => server.query("select name from system.databases where name like '%_check'");
  expect(await copies()).toHaveLength(4);
  expect(await ledger.get(copiesKey(runId))).toMatchObject({ open: true });
  await expect(dropCopies(payload, deps)).rejects.toThrow(/not given up/);
  const run = (await ledger.get<RunItem>(runKey(runId)))!;
  await ledger.put(runKey(runId), { ...run, status: 'released' });
  // The release has freed it, and another run is just looking.
  const lease = leaseKey(run.leases[0]!);
  await ledger.put(lease, { runId: 'run-20260101-0000000002' });
  expect(await dropCopies(payload, deps)).toEqual({ status: 'left' });
  expect(await copies()).toHaveLength(4);
  expect(await ledger.get(lease)).toMatchObject({ runId: 'run-20260101-0000000002' });
  await ledger.ledger.remove(lease);
  expect(await dropCopies(payload, deps)).toEqual({ status: 'done' });
  expect(await ledger.get(lease)).toBeUndefined();
  expect(await copies()).toEqual([]);
  expect(await ledger.get(copiesKey(runId))).toMatchObject({ open: false });
});

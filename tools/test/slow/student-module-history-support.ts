// The history of an LMS that goes on writing, for proofs that move it: gates answered, both tables as they are.

import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ledgerTable } from '../../cli/inside';
import type { Cloud } from '../../rehearsal/cloud';
import type { MySqlCluster } from '../../rehearsal/mysql';
import { enteredStates, HISTORY, start, startCloud } from './support';

export const STACK = 'example-student-module-history';
export const MIGRATION = `${STACK}-migration`;
export const REMOVAL = `${STACK}-removal`;
export const INPUT = {
  table: 'courseware_studentmodulehistory',
  workers: 2,
  settleMinutes: 2,
  niceRatio: 0,
};
export const OLD = 'edxapp.courseware_studentmodulehistory';
export const NEW = 'edxapp_csmh.coursewarehistoryextended_studentmodulehistoryextended';

/** The scenario, as `cloud.<account>.json` changes it. */
export const lms = (assemblyDir: string, account?: string, rows = 300): Promise<Cloud> =>
  startCloud({ assemblyDir, scenarioDir: HISTORY, machine: account, clock: 'virtual', rows });

export const source = (cloud: Cloud): MySqlCluster => cloud.clusters.get('source')!;
export const target = (cloud: Cloud): MySqlCluster => cloud.clusters.get('target') ?? source(cloud);

/** Approves every gate of a run as it asks. */
export function approving(cloud: Cloud): () => void {
  return cloud.onNotice(({ subject = '', message }) => {
    const [, gate] = / asks: (\S+)/.exec(subject) ?? [];
    if (!gate) return;
    const [, run] = /^Run: (\S+)$/m.exec(message)!;
    const input = { run, gate, answer: 'approve', by: 'Ada', reason: 'deployed' };
    start(cloud, `${STACK}-answer`, input);
  });
}

export const done = { status: 'SUCCEEDED', error: '', cause: '' };

/** The end of an execution that runs; its gates are answered. */
export async function ended(cloud: Cloud, arn: string) {
  const silence = approving(cloud);
  const { status, error = '', cause = '' } = await cloud.engine.finished(arn);
  silence();
  return { status, error, cause };
}

/** Starts a machine and goes with it to its end. */
export async function run(cloud: Cloud, machine: string, input: unknown) {
  const arn = start(cloud, machine, input);
  return { arn, ...(await ended(cloud, arn)) };
}

export interface End {
  readonly status: string;
  readonly error: string;
  readonly cause: string;
}

/** Redrives until it succeeds, so many times at most, each after some hours; returns what it failed with. */
export async function redriven(cloud: Cloud, arn: string, most: number, hours = 0): Promise<End[]> {
  const ends: End[] = [];
  for (let tries = 0; tries <= most; tries++) {
    const end = await ended(cloud, arn);
    ends.push(end);
    if (end.status === 'SUCCEEDED') break;
    await cloud.clock.sleep(hours * 3_600_000);
    cloud.engine.redrive(arn);
  }
  return ends;
}

/** Hash of each row by id; text as its bytes in utf8mb4. */
async function hashes(cluster: MySqlCluster, table: string): Promise<Map<string, string>> {
  const rows = await cluster.query(
    `select cast(id as char) as id, md5(concat_ws('#',
       ifnull(hex(convert(version using utf8mb4)), 'null'), cast(created as datetime(6)),
       ifnull(md5(convert(state using utf8mb4)), 'null'), ifnull(grade * 1e0, 'null'),
       ifnull(max_grade * 1e0, 'null'), student_module_id)) as hash
     from ${table} order by id`,
  );
  return new Map(rows.map(({ id, hash }) => [String(id), String(hash)]));
}

/** How the tables differ: ids that are missing, that have other values, and new ones below the cut. */
export async function compared(cloud: Cloud) {
  const [old, copied] = await Promise.all([hashes(source(cloud), OLD), hashes(target(cloud), NEW)]);
  const ids = [...old.keys()];
  const last = ids.reduce((most, id) => (BigInt(id) > most ? BigInt(id) : most), 0n);
  const own = [...copied.keys()].filter((id) => !old.has(id));
  return {
    rows: old.size,
    live: own.filter((id) => BigInt(id) > last).length,
    missing: ids.filter((id) => !copied.has(id)),
    differing: ids.filter((id) => copied.has(id) && copied.get(id) !== old.get(id)),
    extra: own.filter((id) => BigInt(id) <= last),
  };
}

export const equal = { missing: [], differing: [], extra: [] };

/** Checkpoints of the copy in the target's database. */
export const checkpoints = (cloud: Cloud) =>
  target(cloud).query(
    `select range_name as name, phase, cast(row_count as char) as counted, cast(inserted as char) as inserted, done
     from edxapp_csmh.upgrade_runbooks_copy order by phase, range_name`,
  );

/** Task states that an execution and those below it have entered. */
export const taskStates = (cloud: Cloud, arn: string): string[] => {
  const called = new Set(cloud.calls.map(({ state }) => state));
  const entered = enteredStates(cloud, arn).filter((name) => name && called.has(String(name)));
  return [...new Set(entered.map(String))];
};

/** Waits until an execution has entered a state, and a moment more. */
export async function reach(cloud: Cloud, arn: string, state: string): Promise<void> {
  while (!enteredStates(cloud, arn).includes(state)) await cloud.clock.sleep(200);
}

/** Statements of the tasks, as far as they are kept. */
export const said = (cloud: Cloud): string[] =>
  (cloud.calls as readonly { sql?: string }[]).flatMap(({ sql }) => sql ?? []);

/** All that the ledger holds. */
export async function ledgerOf({ endpointUrl, region, ...cloud }: Cloud): Promise<unknown[]> {
  const credentials = cloud.operatorCredentials;
  const client = new DynamoDBClient({ endpoint: endpointUrl, region, credentials });
  const { Items = [] } = await client.send(
    new ScanCommand({ TableName: ledgerTable(cloud as Cloud, STACK) }),
  );
  client.destroy();
  return Items;
}

/** Executes SQL at the target when a state's task first calls anything; time stands still meanwhile. */
export function meanwhile(cloud: Cloud, state: string, sql: string): void {
  const silence = cloud.onCall((call) => {
    if (call.state !== state) return;
    silence();
    const release = cloud.clock.hold();
    void target(cloud).query(sql).finally(release);
  });
}

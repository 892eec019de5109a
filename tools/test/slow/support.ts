// Clouds for the slow proofs: an app is synthesized into a folder of its own, started on stand-ins,
// and handled as an operator would handle it.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Cloud, type CloudOptions } from '../../rehearsal/cloud';
import { faultOf } from '../../rehearsal/faults/faults';

const ROOT = path.join(__dirname, '../../..');
export const DEMO = path.join(__dirname, 'scenarios/demo');
export const CLICKSTREAM = path.join(ROOT, 'tools/rehearsal/scenarios/clickstream');
export const RDW = path.join(ROOT, 'tools/rehearsal/scenarios/rdw');
export const ASPECTS = path.join(ROOT, 'tools/rehearsal/scenarios/aspects');
export const HISTORY = path.join(ROOT, 'tools/rehearsal/scenarios/student-module-history');
const folders: string[] = [];
const clouds: Cloud[] = [];

/** Scenario SQL that adds the applications `app01` … with so many events each. */
export const addApps = (count: number, events: number): string =>
  ids(count)
    .map((app) => `call public.rehearsal_make_app('${app}', ${events});`)
    .join('\n');

/** Ids of the applications that `APPS` makes. */
export const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `app${String(i + 1).padStart(2, '0')}`);

/** Synthesizes an app of test/support/apps into a folder of its own. */
export function synthesize(
  app:
    | 'access'
    | 'aspects'
    | 'batches'
    | 'chunked-copy'
    | 'clickstream'
    | 'expiry'
    | 'quiet'
    | 'rdw'
    | 'schemas'
    | 'student-module-history'
    | 'unload-copy',
  env: Record<string, string> = {},
): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'assembly-'));
  folders.push(folder);
  const { status, stderr } = spawnSync(
    process.execPath,
    [require.resolve('tsx/cli'), path.join(ROOT, `test/support/apps/${app}/app.ts`)],
    { env: { ...process.env, CDK_OUTDIR: folder, ...env }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the synth of ${app} failed: ${stderr}`);
  return folder;
}

export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const cloud = await Cloud.start(options);
  clouds.push(cloud);
  return cloud;
}

/** Stops what was started; for `afterEach`. */
export async function stopClouds(): Promise<void> {
  for (const cloud of clouds.splice(0)) await cloud.stop();
}

/** Removes assemblies and changed scenarios; for `afterAll`. */
export function removeAssemblies(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Starts a machine and returns the execution's ARN. */
export function start(cloud: Cloud, machine: string, input: unknown, name?: string): string {
  const stateMachineArn = cloud.machineArn(machine);
  return cloud.engine.start({ stateMachineArn, name, input: JSON.stringify(input) }).executionArn;
}

/** Events of an execution and of every child below it, largest first. */
export const eventCounts = (cloud: Cloud, executionArn: string): number[] =>
  [executionArn, ...below(cloud, executionArn)]
    .map((arn) => cloud.engine.eventCount(arn))
    .sort((a, b) => b - a);

/** Executions of the Map Runs of an execution, and those below them. */
function below(cloud: Cloud, executionArn: string): string[] {
  return cloud.engine
    .listMapRuns(executionArn, { maxResults: 1000 })
    .items.flatMap(({ mapRunArn }) => {
      const of = { mapRunArn: String(mapRunArn), maxResults: 1000 };
      return cloud.engine.listExecutions(of).items;
    })
    .flatMap((child) => [child.executionArn, ...below(cloud, child.executionArn)]);
}

/** Names of states that an execution, or one below it, has entered. */
export const enteredStates = (cloud: Cloud, executionArn: string): unknown[] =>
  [executionArn, ...below(cloud, executionArn)]
    .flatMap((arn) => cloud.engine.history(arn, { maxResults: 1000 }).items)
    .map((event) => (event.stateEnteredEventDetails as { name?: string } | undefined)?.name);

/** Id of the run an execution has opened: its input may name another one. */
export const runOf = (cloud: Cloud, executionArn: string): string => {
  const { items } = cloud.engine.history(executionArn, { maxResults: 50 });
  return /\\"id\\":\\"(run-\d{8}-[0-9a-f]{10})/.exec(JSON.stringify(items))![1]!;
};

/** Waits, on the rehearsal's clock, until a question is answered with yes. */
export async function until(
  cloud: Cloud,
  question: () => Promise<boolean> | boolean,
): Promise<void> {
  while (!(await question())) await cloud.clock.sleep(200);
}

/** A fault from now on. */
export function arm(cloud: Cloud, spec: string): void {
  cloud.faults.arm(faultOf(spec));
}

/** A copy of a scenario whose Data API role lacks rights, and with more SQL for its warehouse. */
export function variant(
  scenario: string,
  change: { readonly without?: readonly string[]; readonly sql?: string },
): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'scenario-'));
  folders.push(folder);
  cpSync(scenario, folder, { recursive: true });
  const account = path.join(folder, 'cloud.json');
  const kept = JSON.parse(readFileSync(account, 'utf8'), (_, value) =>
    Array.isArray(value) ? value.filter((one) => !change.without?.includes(one)) : value,
  );
  writeFileSync(account, JSON.stringify(kept));
  const warehouse = path.join(folder, 'warehouse.sql');
  writeFileSync(warehouse, `${readFileSync(warehouse, 'utf8')}\n${change.sql ?? ''}`);
  return folder;
}

/** A statement of the query history; times are the rehearsal's, in milliseconds. */
export interface Ran {
  /** Run, step, item, batch and call, as the opening comment names them. */
  readonly batch: string;
  readonly status: string;
  readonly from: number;
  /** Infinity while it runs. */
  readonly to: number;
}

/** What the warehouse really ran of the statements that contain a text, oldest first. */
export async function ran(cloud: Cloud, text: string): Promise<Ran[]> {
  const rows = await cloud.query(
    `select query_text, status, extract(epoch from start_time) * 1000 as "from",
       extract(epoch from end_time) * 1000 as "to"
     from rehearsal.query_history
     where strpos(query_text, '${text}') > 0 and query_text like '/*%' order by query_id`,
  );
  return rows.map((row) => ({
    batch: /^\/\* (\S+ \S+ \S+ \S+)/.exec(String(row.query_text))?.[1] ?? String(row.query_text),
    status: String(row.status),
    from: Number(row.from),
    to: row.to === null ? Number.POSITIVE_INFINITY : Number(row.to),
  }));
}

/** Statements of one batch that ran at the same time. */
export function twoAtOnce(statements: readonly Ran[]): Ran[][] {
  return statements.flatMap((one, i) =>
    statements
      .slice(i + 1)
      .filter((other) => other.batch === one.batch && other.from < one.to && one.from < other.to)
      .map((other) => [one, other]),
  );
}

/** How often each batch came to its end with success. */
export function successes(statements: readonly Ran[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { batch, status } of statements) {
    counts[batch] = (counts[batch] ?? 0) + (status === 'success' ? 1 : 0);
  }
  return counts;
}

/** Waits until a statement that contains a text was submitted for the nth time. */
export function submitted(cloud: Cloud, text: string, nth = 1): Promise<void> {
  return until(cloud, () => {
    const calls = cloud.calls as readonly { operation?: string; sql?: string }[];
    return (
      calls.filter(({ operation, sql }) => operation === 'ExecuteStatement' && sql?.includes(text))
        .length >= nth
    );
  });
}

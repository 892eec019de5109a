// The instance of scenario rdw, for proofs that run its machines: tables as readers see them, the window's
// gate answered, the regular job's pod.

import type { Cloud } from '../../rehearsal/cloud';
import { enteredStates, RDW, start, startCloud } from './support';

export const BACKFILL = 'example-rdw-backfill';
export const TENANTS = ['CA', 'PA', 'NV', 'TS_S001'] as const;
export const INPUT = {
  tenants: TENANTS,
  start: '2019-11-01T00:00:00Z',
  sliceDays: 366,
  keepObjectsDays: 7,
};

/** Scenario rdw with few rows. */
export const instance = (assemblyDir: string, scenarioDir = RDW): Promise<Cloud> =>
  startCloud({ assemblyDir, scenarioDir, machine: 'rdw-backfill', clock: 'virtual', rows: 200 });

/** Approves the window whenever it asks. */
export function approving(cloud: Cloud): () => void {
  return cloud.onNotice(({ subject = '', message }) => {
    if (!/asks: maintenance-window/.test(subject)) return;
    const [, asking] = /^Run: (\S+)$/m.exec(message)!;
    const input = { run: asking, gate: 'maintenance-window', answer: 'approve' };
    start(cloud, 'example-rdw-answer', { ...input, by: 'Ada', reason: 'all is prepared' });
  });
}

/** Starts a machine and answers its gate, to the end. */
export async function run(cloud: Cloud, machine: string, input: unknown) {
  const arn = start(cloud, machine, input);
  return { arn, ...(await ended(cloud, arn)) };
}

/** The end of an execution that runs; its gate is answered. */
export async function ended(cloud: Cloud, arn: string) {
  const silence = approving(cloud);
  const { status, error = '', cause = '' } = await cloud.engine.finished(arn);
  silence();
  return { status, error, cause };
}

export const done = { status: 'SUCCEEDED', error: '', cause: '' };

/** What a reader finds in a tenant's table. */
export interface Seen {
  readonly rows: number;
  readonly digest: string;
}

/** The tables of all tenants, at one moment. */
export async function allSeen(cloud: Cloud): Promise<Record<string, Seen>> {
  const each = TENANTS.map(
    (tenant) =>
      `select '${tenant}' as tenant, count(*) as rows, md5(string_agg(seen::text, ',' order by id)) as digest
       from reporting_${tenant.toLowerCase()}.exam_alt_score as seen`,
  );
  const rows = await cloud.query(each.join(' union all '));
  return Object.fromEntries(
    rows.map(({ tenant, rows: count, digest }) => [
      tenant,
      { rows: Number(count), digest: String(digest) },
    ]),
  );
}

/** Tables that a run has made and not dropped. */
export const leftTables = async (cloud: Cloud): Promise<unknown[]> =>
  (
    await cloud.query(
      "select schemaname || '.' || tablename as name from pg_tables where tablename like 'exam_alt_score_load%'",
    )
  ).map(({ name }) => name);

export const pod = (cloud: Cloud) =>
  cloud.kubernetes!.workload('default', 'migrate-olap-deployment')!;

/** Waits until an execution has entered a state, and a moment more. */
export async function reach(cloud: Cloud, arn: string, state: string): Promise<void> {
  while (!enteredStates(cloud, arn).includes(state)) await cloud.clock.sleep(500);
  await cloud.clock.sleep(500);
}

/** The last child of an execution's tenants. */
export function childOf(cloud: Cloud, arn: string): string {
  const [mapRun] = cloud.engine.listMapRuns(arn, { maxResults: 10 }).items;
  const { items } = cloud.engine.listExecutions({
    mapRunArn: String(mapRun!.mapRunArn),
    maxResults: 10,
  });
  return items[0]!.executionArn;
}

interface Report {
  readonly items: readonly { readonly name: string; readonly status: string }[];
  readonly notes: readonly string[];
  readonly checks: readonly {
    readonly name: string;
    readonly item?: string;
    readonly actual: string;
    readonly ok: boolean;
  }[];
}

/** The report of a run. */
export function reportOf(cloud: Cloud, runId: string): Report {
  const bucket = cloud.resources.find(({ type }) => type === 'AWS::S3::Bucket')!.physicalId;
  return JSON.parse(cloud.store.get(bucket, `${runId}/report.json`)!.body.toString());
}

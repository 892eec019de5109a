// Looks at everything a back-fill will touch, on both engines and around them, and reports every finding at
// once. It changes nothing: of a dry run not even the ledger knows.

import type { SFNClient } from '@aws-sdk/client-sfn';
import { rights } from '../preflight-migration/rights';
import type { Clock } from '../shared/clock';
import type { DataApi, WarehouseTarget } from '../shared/data-api';
import type { ClusterRef } from '../shared/kubernetes/access';
import type { KubernetesApi } from '../shared/kubernetes/api';
import { type Ledger, runKey } from '../shared/ledger';
import { sqlInstant } from '../shared/rdw/migrate-log';
import { reach } from '../shared/rdw/reach';
import { type SourceDeps, Sources } from '../shared/rdw/sources';
import { type TenantRef, type TenantWork, workOf } from '../shared/rdw/tenant';
import { noteWarehouse, prefixOf, reader } from '../shared/read';
import { ownRun, type RunItem } from '../shared/runs';
import { doneItems } from './done';
import { minutesFor } from './estimate';
import { asFinding, Findings } from './findings';
import type { PreflightBackfillPayload, PreflightBackfillResult, TenantFacts } from './payload';
import { lookAtSource, type SourceTenant } from './source-side';
import {
  type FirstKey,
  heldBy,
  lookAtDeployment,
  lookAtPlaces,
  lookAtRole,
  type RolesOf,
} from './surroundings';
import { lookAtWarehouse, type WarehouseTenant } from './warehouse-side';

export interface PreflightBackfillDeps extends SourceDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly clock: Clock;
  dataApi(target: WarehouseTarget): DataApi;
  cluster(ref: ClusterRef): Promise<KubernetesApi>;
  rolesOf: RolesOf;
  firstKey: FirstKey;
}

export async function preflightBackfill(
  payload: PreflightBackfillPayload,
  deps: PreflightBackfillDeps,
): Promise<PreflightBackfillResult> {
  const { runId, dryRun, map, chosen } = payload;
  const { ledger } = deps;
  const run = dryRun ? undefined : await reach('DynamoDB', ownRun(ledger, payload));
  const done = run ? await doneItems(ledger, run, map, chosen) : new Map<string, string>();
  // In the order of the input: with policy stop it decides who is left behind.
  const tenants = chosen
    .filter((id) => !done.has(id))
    .flatMap((id) => payload.tenants.filter((tenant) => tenant.id === id));
  const findings = new Findings();
  const looked = await lookAt(payload, deps, run, tenants, findings);
  judgeStart(payload, looked.now, findings);
  const works: TenantWork[] = [];
  const without: string[] = [];
  try {
    for (const tenant of tenants) {
      const [source, warehouse] = [looked.source.get(tenant.id), looked.warehouse.get(tenant.id)];
      if (!source || !warehouse) continue;
      judgeNewest(tenant, source, warehouse, findings);
      if (await compare(tenant, source, warehouse, looked.sources, findings)) {
        works.push(workOf(tenant, runId, source.subjectIds));
      } else {
        without.push(tenant.id);
      }
    }
  } finally {
    await looked.sources.close();
  }
  findings.end();
  const facts = works.map(({ id }) =>
    factsOf(id, looked.source.get(id)!, looked.warehouse.get(id)!),
  );
  const rows = facts.reduce((sum, { expected }) => sum + expected, 0);
  if (run) await keep(ledger, runId, facts, done, without, findings.warnings);
  return {
    tenants: works.map((value) => ({ key: value.id, value })),
    processed: [
      ...works.map(({ id }) => id),
      // Done before this execution has taken the run over.
      ...[...done].filter(([, by]) => by === runId).map(([id]) => id),
    ],
    minutes: minutesFor(facts),
    rows,
    skipped: [...done.keys()],
    without,
    warnings: findings.warnings.slice(0, 50),
    ...(dryRun ? { facts } : {}),
  };
}

async function lookAt(
  payload: PreflightBackfillPayload,
  deps: PreflightBackfillDeps,
  run: RunItem | undefined,
  tenants: readonly TenantRef[],
  findings: Findings,
) {
  const { ledger } = deps;
  const now = deps.clock.now();
  const [thing] = payload.things;
  const held = run && (await heldBy(ledger, run.runId, thing!));
  const jobMayRun = await lookAtDeployment(thing!, deps.cluster, held, findings);
  const sources = new Sources(payload.source, payload.runId, deps);
  const others = payload.tenants.filter((tenant) => !tenants.includes(tenant));
  const works = tenants.map((tenant) => workOf(tenant, payload.runId, []));
  try {
    const [source, warehouse] = await Promise.all([
      lookAtSource(sources, tenants, others, findings, now, jobMayRun),
      lookAtRedshift(payload, deps, run, tenants, findings),
      lookAtRole(payload.copyRoleArn, deps.rolesOf, findings),
      // A run that goes on has objects of its own there, which its ledger knows.
      lookAtPlaces(works, deps.firstKey, (run?.earlierArns.length ?? 0) > 0, findings),
    ]);
    return { sources, source, warehouse, now };
  } catch (error) {
    await sources.close();
    throw error;
  }
}

async function lookAtRedshift(
  payload: PreflightBackfillPayload,
  deps: PreflightBackfillDeps,
  run: RunItem | undefined,
  tenants: readonly TenantRef[],
  findings: Findings,
): Promise<ReadonlyMap<string, WarehouseTenant>> {
  const { warehouse, runId } = payload;
  const api = deps.dataApi(warehouse);
  const reached = await asFinding(findings, 'Redshift', async () => {
    await reach('the Redshift Data API', api.find(prefixOf(runId)));
    for (const warning of await rights(api, runId)) findings.warn(warning);
    return true;
  });
  if (!reached) return new Map();
  if (run) await noteWarehouse(deps.ledger, runId, warehouse);
  const start = `${sqlInstant(payload.start)}+00`;
  return lookAtWarehouse(reader(api, deps, payload), tenants, start, findings);
}

function judgeStart({ start }: PreflightBackfillPayload, now: number, findings: Findings): void {
  if (Date.parse(start) <= now) return;
  findings.add(
    'input',
    `start ${start} lies in the future: nothing was changed since; give an earlier one`,
  );
}

/** The regular job takes an exam as it is when it reads it, which may be after the end of its window. */
function judgeNewest(
  { id, reportingSchema }: TenantRef,
  { migrate }: SourceTenant,
  { lastUpdated }: WarehouseTenant,
  findings: Findings,
): void {
  const high = migrate?.high;
  if (!high || lastUpdated === null) return;
  const instant = (text: string) => Date.parse(`${text.slice(0, 23).replace(' ', 'T')}Z`);
  if (instant(lastUpdated) <= instant(high)) return;
  findings.add(
    id,
    `${reportingSchema}.exam_alt_score has rows updated ${lastUpdated}, after ${high}, where the newest completed job ends: they would be lost. Let one more regular job complete`,
  );
}

/** @returns false when the tenant has no alt scores, and nothing is to be done for it */
async function compare(
  tenant: TenantRef,
  source: SourceTenant,
  warehouse: WarehouseTenant,
  sources: Sources,
  findings: Findings,
): Promise<boolean> {
  const { id, warehouseSchema, reportingSchema, altScores } = tenant;
  const [theirs, ours] = [source.subjectIds, warehouse.subjectIds];
  const text = (ids: readonly number[]) => (ids.length > 0 ? ids.join(', ') : 'none');
  const add = (finding: string) => findings.add(id, finding);
  const known = theirs.length > 0 || !altScores;
  if (known && theirs.join() !== [...ours].sort((a, b) => a - b).join()) {
    add(
      `ids of alt scores are ${text(theirs)} in ${warehouseSchema} and ${text(ours)} in ${reportingSchema}: either the schemas belong to different tenants, or the regular job has not brought the subjects yet`,
    );
  }
  if (await isForeign(tenant, warehouse, sources)) {
    add(
      `${warehouseSchema} and ${reportingSchema} do not belong together: neither the first nor the last exam in Redshift is, with its student and assessment, in the warehouse; look at the schemas of the tenant in the configuration`,
    );
  }
  if (theirs.length > 0 && !altScores) {
    add(
      `altScores is false in the configuration, but ${warehouseSchema} has alt scores ${text(theirs)}`,
    );
  }
  if (theirs.length > 0) return true;
  const rows = totalOf(warehouse.rows);
  if (altScores) {
    add(
      `${warehouseSchema}.subject_score has no alt score (asmt_type_id 1 or 3, score_type_id 2): load the subjects first, or set altScores to false if the tenant has none`,
    );
  } else if (rows > 0) {
    add(`the tenant has no alt scores, but ${reportingSchema}.exam_alt_score has ${rows} row(s)`);
  }
  return false;
}

/** Students and assessments are compared here and told to nobody. */
async function isForeign(
  tenant: TenantRef,
  { sample }: WarehouseTenant,
  sources: Sources,
): Promise<boolean> {
  if (sample.length === 0) return false;
  const rows = await sources.rows(tenant, 'mysql-sample', {
    ids: { warehouse: tenant.warehouseSchema },
    parameters: { exams: sample.map(({ id }) => BigInt(id)) },
  });
  return !rows.some((row) =>
    sample.some(
      ({ id, student, asmt }) =>
        String(row.id) === id && String(row.student_id) === student && String(row.asmt_id) === asmt,
    ),
  );
}

function factsOf(tenant: string, source: SourceTenant, warehouse: WarehouseTenant): TenantFacts {
  const { rows, lastUpdated, expected } = warehouse;
  return { tenant, rows, lastUpdated, high: source.migrate?.high ?? null, expected };
}

async function keep(
  ledger: Ledger,
  runId: string,
  facts: readonly TenantFacts[],
  done: ReadonlyMap<string, string>,
  without: readonly string[],
  warnings: readonly string[],
): Promise<void> {
  const note = (name: string, text: string) =>
    ledger.put(runKey(runId, `note#preflight#${name}`), { text });
  for (const { tenant, rows, lastUpdated, high, expected } of facts) {
    const years = Object.entries(rows).map(([year, n]) => `${year}: ${n}`);
    await note(
      tenant,
      `${tenant} before the run: ${totalOf(rows)} alt scores in Redshift${years.length > 0 ? ` (${years.join(', ')})` : ''}, ` +
        `the newest updated ${lastUpdated ?? 'never'}; regular jobs have come to ${high}; at most ${expected} are expected`,
    );
  }
  for (const [tenant, by] of done) {
    await note(tenant, `${tenant} was done in run ${by} and is left out`);
  }
  for (const tenant of without) {
    await note(
      tenant,
      `${tenant} has no alt scores, as the configuration says; nothing is done for it`,
    );
  }
  if (warnings.length > 0) await note('-', warnings.join('; ').slice(0, 10_000));
}

const totalOf = (rows: Readonly<Record<string, number>>): number =>
  Object.values(rows).reduce((sum, n) => sum + n, 0);

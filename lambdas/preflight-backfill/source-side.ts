// What the warehouse of the tenants says, before anything is changed: schemas, columns, ids of alt scores,
// the regular job, and whether the user may export.

import { MySqlStatementError } from '../shared/errors';
import { instantOf, MIGRATE, type MigrateState, readMigrate } from '../shared/rdw/migrate-log';
import type { SourceRow, Sources } from '../shared/rdw/sources';
import type { TenantRef } from '../shared/rdw/tenant';
import { type Column, migrateProblems, warehouseProblems } from './columns';
import { asFinding, type Findings } from './findings';

/** What one tenant's warehouse has. */
export interface SourceTenant {
  readonly subjectIds: readonly number[];
  readonly migrate?: MigrateState;
}

/** A job that began longer ago is not waited for: it has died, or somebody has to look. */
const LONGEST_JOB_MS = 6 * 3_600_000;

/**
 * @param others tenants that are not back-filled: the regular job serves them too
 * @param jobMayRun whether the Deployment has replicas, so that a started job may still end
 */
export async function lookAtSource(
  sources: Sources,
  chosen: readonly TenantRef[],
  others: readonly TenantRef[],
  findings: Findings,
  now: number,
  jobMayRun: boolean,
): Promise<ReadonlyMap<string, SourceTenant>> {
  const found = new Map<string, SourceTenant>();
  const logins = new Map<string, TenantRef[]>();
  for (const tenant of [...chosen, ...others]) {
    const key = sources.keyOf(tenant);
    logins.set(key, [...(logins.get(key) ?? []), tenant]);
  }
  for (const tenants of logins.values()) {
    // One whose login fails fails for all who share it.
    await asFinding(findings, `warehouse of ${namesOf(tenants)}`, async () => {
      const columns = await columnsOf(sources, tenants);
      const mine = tenants.filter((tenant) => chosen.includes(tenant));
      if (mine.length > 0) await mayExport(sources, mine, findings);
      for (const tenant of tenants) {
        const side = chosen.includes(tenant)
          ? await lookAtTenant(sources, tenant, columns, findings)
          : await lookAtOther(sources, tenant, findings);
        if (!side) continue;
        found.set(tenant.id, side);
        judgeJob(tenant, side.migrate, chosen.includes(tenant), findings, now, jobMayRun);
      }
    });
  }
  return found;
}

async function lookAtTenant(
  sources: Sources,
  tenant: TenantRef,
  columns: ReadonlyMap<string, readonly Column[]>,
  findings: Findings,
): Promise<SourceTenant | undefined> {
  const { warehouseSchema, migrateSchema } = tenant;
  const problems = [
    ...warehouseProblems(warehouseSchema, columns.get(warehouseSchema) ?? []),
    ...migrateProblems(migrateSchema, columns.get(migrateSchema) ?? []),
  ];
  for (const problem of problems) findings.add(tenant.id, problem);
  if (problems.length > 0) return undefined;
  return asFinding(findings, tenant.id, async () => {
    const rows = await sources.rows(tenant, 'mysql-subject-ids', {
      ids: { warehouse: warehouseSchema },
    });
    return {
      subjectIds: rows.map(({ id }) => Number(id)),
      migrate: await readMigrate(sources, tenant),
    };
  });
}

/** Of a tenant that is not back-filled only its job counts. */
const lookAtOther = (sources: Sources, tenant: TenantRef, findings: Findings) =>
  asFinding(findings, tenant.id, async () => ({
    subjectIds: [],
    migrate: await readMigrate(sources, tenant),
  }));

function judgeJob(
  { id: tenant, migrateSchema }: TenantRef,
  migrate: MigrateState | undefined,
  chosen: boolean,
  findings: Findings,
  now: number,
  jobMayRun: boolean,
): void {
  const add = (text: string) => findings.add(tenant, text);
  const row = migrate && `row ${migrate.id} of ${migrateSchema}.migrate`;
  if (migrate?.status === MIGRATE.started) {
    const began = instantOf(migrate.created);
    if (jobMayRun && now - began < LONGEST_JOB_MS) {
      findings.warn(
        `${tenant}: a regular job has been running since ${migrate.created} (${row}); the run waits for it before it begins`,
      );
    } else {
      add(
        `${row} has status 10 since ${migrate.created}${jobMayRun ? '' : ', and no pod is there that could end it'}: ` +
          'either the job still works (wait for it), or it has died; then set that status to -10, which lets jobs of the tenant run again',
      );
    }
  }
  if (!chosen) return;
  if (migrate?.status === MIGRATE.failed) {
    add(
      `the last regular job failed (${row}, status -20), and the tenant is disabled: repair what its message names, set the status to -10, ` +
        'and let a job complete, so that Redshift has the exams the alt scores belong to',
    );
  }
  if ((migrate?.high ?? null) === null) {
    add(
      `${migrateSchema}.migrate has no completed job (status 20): there is no high-water mark up to which Redshift has the exams; let a regular job complete first`,
    );
  }
}

async function columnsOf(
  sources: Sources,
  tenants: readonly TenantRef[],
): Promise<ReadonlyMap<string, readonly Column[]>> {
  const schemas = tenants.flatMap(({ warehouseSchema, migrateSchema }) => [
    warehouseSchema,
    migrateSchema,
  ]);
  const rows = await sources.rows(tenants[0]!, 'mysql-columns', { parameters: { schemas } });
  const columns = new Map<string, Column[]>();
  for (const row of rows) {
    const schema = String(row.schema_name);
    const column = {
      relation: String(row.relation),
      name: String(row.name),
      type: String(row.type),
    };
    columns.set(schema, [...(columns.get(schema) ?? []), column]);
  }
  return columns;
}

/** A role is granted on nothing: ``GRANT `role`@`%`,`other`@`%` TO `user`@`%` ``. */
const ROLE_GRANTED = /^GRANT (?!.* ON ).*AWS_SELECT_S3_ACCESS.* TO /i;

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Integrating.SaveIntoS3.html */
async function mayExport(
  sources: Sources,
  tenants: readonly TenantRef[],
  findings: Findings,
): Promise<void> {
  const grants = (await sources.rows(tenants[0]!, 'mysql-grants')).map(textOf);
  const who = `the user of ${namesOf(tenants)}`;
  if (grants.some((text) => /SELECT INTO S3|ALL PRIVILEGES ON \*\.\*/i.test(text))) return;
  if (!grants.some((text) => ROLE_GRANTED.test(text))) {
    findings.add(
      'warehouse',
      `${who} has neither the role AWS_SELECT_S3_ACCESS nor the privilege SELECT INTO S3, as far as SHOW GRANTS tells: grant one of them`,
    );
    return;
  }
  const [row] = await activeRole(sources, tenants[0]!);
  if (row === undefined || /AWS_SELECT_S3_ACCESS/.test(textOf(row))) return;
  findings.add(
    'warehouse',
    `${who} has the role AWS_SELECT_S3_ACCESS, but it is not active in a new session: make it a default role (SET DEFAULT ROLE), or set activate_all_roles_on_login`,
  );
}

/** Servers without roles have no such function, and need none. */
async function activeRole(sources: Sources, tenant: TenantRef): Promise<readonly SourceRow[]> {
  try {
    return await sources.rows(tenant, 'mysql-active-role');
  } catch (error) {
    if (error instanceof MySqlStatementError) return [];
    throw error;
  }
}

const textOf = (row: SourceRow): string => Object.values(row).join(' ');

const namesOf = (tenants: readonly TenantRef[]): string =>
  tenants.length <= 5
    ? tenants.map(({ id }) => id).join(', ')
    : `${tenants
        .slice(0, 5)
        .map(({ id }) => id)
        .join(', ')} and ${tenants.length - 5} more`;

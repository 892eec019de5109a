// What Redshift says, before anything is changed: schemas, columns, rights, ids of alt scores, and the rows
// that are there.

import type { Row } from '../shared/data-api';
import { inGroups } from '../shared/rdw/reach';
import type { TenantRef } from '../shared/rdw/tenant';
import type { Read } from '../shared/read';
import { type Column, reportingProblems } from './columns';
import { asFinding, type Findings } from './findings';

/** What one tenant's schema in Redshift has. */
export interface WarehouseTenant {
  readonly subjectIds: readonly number[];
  /** Alt scores its exams may have, at most. */
  readonly expected: number;
  /** Rows of `exam_alt_score` by school year. */
  readonly rows: Readonly<Record<string, number>>;
  readonly lastUpdated: string | null;
  /** Its first and its last exam. */
  readonly sample: readonly Exam[];
}

/** Enough of an exam to know it again; never told to anybody. */
export interface Exam {
  readonly id: string;
  readonly student: string;
  readonly asmt: string;
}

/** Statements at a time: the Data API takes 200 for everybody. */
const AT_ONCE = 5;

export async function lookAtWarehouse(
  read: Read,
  tenants: readonly TenantRef[],
  start: string,
  findings: Findings,
): Promise<ReadonlyMap<string, WarehouseTenant>> {
  const found = new Map<string, WarehouseTenant>();
  const schemas = `,${tenants.map(({ reportingSchema }) => reportingSchema).join()},`;
  const rowsOf = (file: string) => read({ file: `rdw/${file}` }, { parameters: { schemas } });
  const catalog = await asFinding(findings, 'Redshift', async () => ({
    columns: await rowsOf('preflight-columns'),
    rights: await rowsOf('preflight-rights'),
  }));
  if (!catalog) return found;
  const of = (rows: readonly Row[], schema: string) =>
    rows.filter(({ schema_name }) => schema_name === schema);
  await inGroups(tenants, AT_ONCE, async (tenant) => {
    const { id, reportingSchema: schema } = tenant;
    const problems = reportingProblems(schema, of(catalog.columns, schema).map(columnOf));
    for (const problem of problems) findings.add(id, problem);
    if (problems.length > 0) return;
    judgeRights(id, schema, of(catalog.rights, schema)[0]!, findings);
    const seen = await asFinding(findings, id, () => lookAtTenant(read, tenant, start, findings));
    if (seen) found.set(id, seen);
  });
  return found;
}

const columnOf = (row: Row): Column => ({
  relation: String(row.relation),
  name: String(row.name),
  type: String(row.type),
  required: Number(row.required) === 1,
});

function judgeRights(tenant: string, schema: string, row: Row, findings: Findings): void {
  const { me, owner } = row;
  const missing = ['select', 'insert', 'delete'].filter((verb) => Number(row[`may_${verb}`]) !== 1);
  if (missing.length > 0) {
    findings.add(
      tenant,
      `${me} may not ${missing.join(', ')} in ${schema}.exam_alt_score: grant it`,
    );
  }
  if (Number(row.may_create) !== 1) {
    findings.add(tenant, `${me} may not create a table in schema ${schema}: grant create on it`);
  }
  if (me !== owner) {
    findings.warn(
      `${tenant}: ${schema}.exam_alt_score belongs to ${owner}, this run calls as ${me}: unless that is a superuser, VACUUM and ANALYZE are left to the owner`,
    );
  }
}

async function lookAtTenant(
  read: Read,
  { id, reportingSchema }: TenantRef,
  start: string,
  findings: Findings,
): Promise<WarehouseTenant> {
  const ids = { schema: reportingSchema };
  const parameters = { start };
  const years = await read({ file: 'rdw/preflight-rows' }, { ids, parameters });
  const subjects = await read({ file: 'rdw/preflight-subjects' }, { ids, parameters });
  const exams = await read({ file: 'rdw/preflight-sample' }, { ids });
  const early = sum(years, 'before_start');
  if (early > 0) {
    const first = years.map(({ first_updated }) => String(first_updated)).sort()[0];
    findings.add(
      id,
      `${early} row(s) of ${reportingSchema}.exam_alt_score were updated before ${start}, the first at ${first}: the swap would lose them; give an earlier start`,
    );
  }
  return {
    subjectIds: subjects.map((row) => Number(row.id)),
    expected: sum(subjects, 'exams'),
    rows: Object.fromEntries(years.map(({ school_year, n }) => [String(school_year), Number(n)])),
    lastUpdated:
      years
        .map(({ last_updated }) => String(last_updated))
        .sort()
        .at(-1) ?? null,
    sample: exams.map((exam) => ({
      id: String(exam.id),
      student: String(exam.student_id),
      asmt: String(exam.asmt_id),
    })),
  };
}

const sum = (rows: readonly Row[], column: string): number =>
  rows.reduce((total, row) => total + Number(row[column] ?? 0), 0);

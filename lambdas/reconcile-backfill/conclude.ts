// The end of the comparison before the swap: what is compared once, and the verdicts.

import { described, differences } from '../shared/rdw/compare';
import { COUNTS, type FactsByYear, factsOf, rowsIn, SCORE_COLUMNS } from '../shared/rdw/facts';
import { fromRows, notReconciled, record, same, sameFacts, spelled, type Verdict } from './checks';
import type { ReadWarehouse, ReconcileDeps } from './deps';
import type { StagedPayload } from './payload';
import { lostRows } from './preserved';
import type { Progress, Reconciled } from './reconciled';
import { smokeGroups } from './smoke';
import type { Source } from './source';

const REMEDY =
  'Nothing was replaced yet. Find out what has changed the rows since they were extracted or loaded, repair it (or release this ' +
  'run and start another, which extracts anew), then redrive: everything is compared again';
const EVER = { from: '0001-01-01 00:00:00+00', to: '9999-12-31 00:00:00+00', some: 0 };
const NO_LIST = { exams: { kind: 'integers', value: 0 } } as const;

/** All that is compared once, and the verdicts. */
export async function conclude(
  payload: StagedPayload,
  sums: Progress,
  deps: ReconcileDeps,
  read: ReadWarehouse,
  source: Source,
  ms: () => number,
): Promise<Reconciled> {
  const { tenant, extractedRows } = payload;
  const ids = { schema: tenant.reportingSchema, table: tenant.staging };
  const counts = countsIn(await read('staged-counts', { ids }));
  const [was] = await read('before-swap', { ids: { schema: tenant.reportingSchema } });
  const before = factsOf(
    await read('facts', {
      ids: { schema: tenant.reportingSchema, table: 'exam_alt_score' },
      parameters: EVER,
      literals: NO_LIST,
    }),
    SCORE_COLUMNS,
  );
  const lost = await lostRows(payload, read, source, ms);
  const compared = rowsIn(sums.staged) + rowsIn(sums.changed);
  const unexplained = Object.entries(lost.unexplained);
  const verdicts: Verdict[] = [
    same('R1-rows', 'R1: rows extracted are rows loaded', extractedRows, counts.staged),
    same('R1-outside', 'R1: rows loaded from outside of the window', 0, counts.staged - compared),
    ...sameFacts('R1', 'R1: loaded as in the warehouse', sums.warehouse, sums.staged).map(
      (one) => ({ ...one, ok: one.ok && sums.wrong[one.key.slice('R1-'.length)] === undefined }),
    ),
    ...fromRows('R2', await read('check-staged', { ids })),
    same(
      'R2-joined',
      'R2: rows to insert are the rows whose exam is stored',
      counts.inserted,
      rowsIn(sums.joined),
    ),
    same(
      'R4-preserved',
      'R4: rows that reports show now and that the load lacks, unexplained',
      0,
      unexplained.reduce((sum, [, n]) => sum + n, 0),
    ),
  ];
  await record(deps, payload, tenant.id, verdicts);
  const problems = [
    ...wrongYears(sums),
    ...described(sums.wrongLatest.filter(({ year }) => sums.wrong[year] === undefined)).map(
      (text) => `${text}, in the exams that count, though Redshift has the same`,
    ),
    ...verdicts.filter(({ ok, key }) => !ok && !/^(R1-\d|R4)/.test(key)).map(spelled),
    ...unexplained.map(
      ([year, n]) => `school year ${year}: ${n} row(s) of exam_alt_score are not in the load`,
    ),
  ];
  if (problems.length > 0) throw notReconciled(tenant.id, problems, REMEDY);
  const first = was?.first_updated ?? null;
  const smoke = await smokeGroups(payload, sums, first, read, source, ms);
  return {
    salt: sums.salt,
    ...counts,
    joined: sums.joined,
    latest: sums.latest,
    lagging: sums.lagging,
    before: rowsByYear(before),
    older: smoke.some(({ older }) => older),
    smoke,
    remarks: remarksOf(sums, lost.late, Number(was?.hidden ?? 0)),
  };
}

/** The years that do not agree: over all windows, and where to look first. */
function wrongYears(sums: Progress): string[] {
  const all = differences(sums.warehouse, sums.staged);
  return Object.entries(sums.wrong).map(([year, since]) => {
    const total = all.filter((one) => one.year === year && one.column !== 'seal');
    const others = (sums.columns[year] ?? [])
      .filter((column) => total.every((one) => one.column !== column))
      .map((column) => ({ year, column, expected: '0', actual: '0' }))
      .filter(({ column }) => !COUNTS.includes(column));
    const [text = `school year ${year}: rows differ`] = described([...total, ...others]);
    return `${text}, first in exams updated since ${since}`;
  });
}

const rowsByYear = (facts: FactsByYear): Record<string, number> =>
  Object.fromEntries(Object.entries(facts).map(([year, { n }]) => [year, Number(n)]));

function countsIn(rows: readonly Readonly<Record<string, unknown>>[]) {
  const sum = (name: string) => rows.reduce((all, row) => all + Number(row[name]), 0);
  return {
    staged: sum('staged'),
    inserted: sum('inserted'),
    superseded: sum('superseded'),
    orphan: sum('orphan'),
  };
}

function remarksOf(sums: Progress, late: number, hidden: number): string[] {
  const changed = rowsIn(sums.changed);
  return [
    changed > 0 &&
      `${changed} loaded row(s) were not compared: their exams were changed since the high-water mark, and the next regular run brings them again`,
    late > 0 &&
      `${late} row(s) that reports showed are not in the load: their exams were changed since the high-water mark, and the next regular run decides about them`,
    hidden > 0 &&
      `${hidden} row(s) that were there before belong to no stored exam; no report has shown them, and they are gone`,
    sums.lagging.length > 0 &&
      `Redshift's exams of school year(s) ${sums.lagging.join(', ')} are not those that count in the warehouse: their alt scores differ from the warehouse's until the regular job has caught up`,
  ].filter((text) => text !== false);
}

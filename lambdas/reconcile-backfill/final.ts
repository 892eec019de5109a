// After the swap: what reports read now is what was compared before it, breaks no key, and shows in reports
// what the warehouse says. Every call compares again, so that a repair is seen.

import { ReconciliationError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import { described, differences } from '../shared/rdw/compare';
import { type FactsByYear, factsOf, rowsIn, SCORE_COLUMNS } from '../shared/rdw/facts';
import { sealed } from '../shared/rdw/sealed';
import { fromRows, notReconciled, record, same, sameFacts, spelled } from './checks';
import { type ReconcileDeps, warehouseReader } from './deps';
import type { FinalPayload, ReconcileResult } from './payload';
import { type Reconciled, reconciledKey } from './reconciled';
import { smokeTest } from './smoke';

const REMEDY =
  'The swap is done, and migrate-olap stands still. Find out what has changed the table since, repair it and redrive: ' +
  'everything is compared again; or bring the backup back with the restore machine';

export async function final(
  payload: FinalPayload,
  deps: ReconcileDeps,
  invocation: Invocation,
): Promise<ReconcileResult> {
  const { runId, tenant } = payload;
  const known = await deps.ledger.get<Reconciled>(reconciledKey(runId, tenant.id));
  if (!known) {
    throw new ReconciliationError(
      `tenant ${tenant.id}: the ledger has no comparison from before the swap. Redrive the execution that began the run`,
    );
  }
  const read = await warehouseReader(deps, payload, payload.warehouse, invocation);
  const { staged, inserted, superseded, orphan } = known;
  const table = factsOf(
    await read('facts', {
      ids: { schema: tenant.reportingSchema, table: 'exam_alt_score' },
      parameters: { from: '0001-01-01 00:00:00+00', to: '9999-12-31 00:00:00+00', some: 0 },
      literals: { exams: { kind: 'integers', value: 0 } },
    }),
    SCORE_COLUMNS,
  );
  const now = sealed(table, known.salt);
  const rows = await read('check-target', {
    ids: { schema: tenant.reportingSchema },
    parameters: { inserted },
  });
  const [wanted, there] = [known.latest, now].map((facts) => without(facts, known.lagging));
  const factual = [
    ...sameFacts('R2', 'R2: inserted as loaded', known.joined, now),
    ...sameFacts('R3', 'R3: final as the exams that count in the warehouse', wanted!, there!),
  ];
  const other = [
    same(
      'R2-arithmetic',
      'R2: staged = inserted + superseded + orphan',
      staged,
      rowsIn(now) + superseded + orphan,
    ),
    ...fromRows('R2', rows),
    ...(await smokeTest(payload, known, read)),
  ];
  await record(deps, payload, tenant.id, [...factual, ...other]);
  const problems = [
    ...described(differences(known.joined, now)).map((text) => `${text}, compared with the load`),
    ...described(differences(wanted!, there!)).map(
      (text) => `${text}, compared with the warehouse`,
    ),
    ...other.filter(({ ok }) => !ok).map(spelled),
  ];
  if (problems.length > 0) throw notReconciled(tenant.id, problems, REMEDY);
  await deps.ledger.put(runKey(runId, `note#reconciled-${tenant.id}`), {
    text: noteOf(tenant.id, known, now),
  });
  return { status: 'done', staged, inserted, superseded, orphan };
}

const without = (facts: FactsByYear, years: readonly string[]): FactsByYear =>
  Object.fromEntries(Object.entries(facts).filter(([year]) => !years.includes(year)));

/** What the report says of the tenant: counts, years, and what an operator should know. */
function noteOf(tenant: string, known: Reconciled, now: FactsByYear): string {
  const { staged, inserted, superseded, orphan, before, older, smoke, remarks } = known;
  const years = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  const changes = years.map((year) => `${year}: ${before[year] ?? 0} -> ${now[year]?.n ?? 0}`);
  const tried =
    inserted === 0
      ? []
      : [
          smoke.length === 0
            ? 'No report could be tried: each has exams that were changed meanwhile, or lags behind'
            : `${smoke.length} report(s) tried${older ? '' : ', none with rows older than those that were there before'}`,
        ];
  return [
    `${tenant}: of ${staged} loaded row(s) ${inserted} were inserted, ${superseded} belong to superseded exams, ${orphan} to exams that Redshift does not have`,
    `rows of exam_alt_score by school year before and now: ${changes.join(', ') || 'none'}`,
    ...tried,
    ...remarks,
  ].join('. ');
}

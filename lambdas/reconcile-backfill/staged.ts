// Before the swap, tenant by tenant: whatever keeps the load from replacing what reports read is found while
// nothing is destroyed yet. What the warehouse says is read once, here; the phase after the swap compares
// with what is written down. Windows grow while they are quick and are halved when they are slow.

import { LEAVE_BEFORE_END_MS } from '../shared/clock';
import { ReconciliationError, TryAgainError } from '../shared/errors';
import { allRunning } from '../shared/executions';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import { type Difference, described, differences } from '../shared/rdw/compare';
import { type FactsByYear, factsOf, plus, rowsIn, SCORE_COLUMNS } from '../shared/rdw/facts';
import { sourceOf } from '../shared/rdw/tenant';
import { behind, instantText, microsOf, windowFrom } from '../shared/rdw/windows';
import type { Token } from '../shared/worker-token';
import { fromRows, notReconciled, record, same, sameFacts, spelled, type Verdict } from './checks';
import { type Compared, compareWindow } from './compare-window';
import { type ReadWarehouse, type ReconcileDeps, warehouseReader } from './deps';
import type { ReconcileResult, StagedPayload } from './payload';
import { lostRows } from './preserved';
import { type SmokeGroup, smokeGroups } from './smoke';
import { NotWanted, Source, TooSlow } from './source';

type Sums = Pick<Compared, 'warehouse' | 'staged' | 'changed' | 'joined' | 'latest'>;

/** Windows that are done, in the ledger. */
interface Progress extends Sums {
  /** First instant of the next window; null behind the last one. */
  readonly next: string | null;
  readonly days: number;
  /** School years that do not agree, with the first instant of the first window in which they do not. */
  readonly wrong: Readonly<Record<string, string>>;
  /** What Redshift's exams do not explain of the exams that count. */
  readonly wrongLatest: readonly Difference[];
  readonly lagging: readonly string[];
}

/** What the phase after the swap needs, in the ledger once this phase has passed. */
export interface Reconciled extends Pick<Sums, 'joined' | 'latest'> {
  readonly staged: number;
  readonly inserted: number;
  readonly superseded: number;
  readonly orphan: number;
  /** School years of which nothing can be expected, because Redshift's exams are not the warehouse's. */
  readonly lagging: readonly string[];
  /** exam_alt_score as it was. */
  readonly before: FactsByYear;
  /** Whether the swap brings rows that are older than any before. */
  readonly older: boolean;
  readonly smoke: readonly SmokeGroup[];
  /** Sentences for the report. */
  readonly remarks: readonly string[];
}

export const reconciledKey = (runId: string, tenant: string) =>
  runKey(runId, `reconciled#${tenant}`);

const FIRST_DAYS = 30;
const MOST_DAYS = 366;
/** A minute; what was changed within one is read at a stretch. */
const LEAST_DAYS = 1 / 1_440;
/** The longest a statement may take, and the time under which the next window may be twice as long. */
const SLOW_MS = 300_000;
const QUICK_MS = 30_000;
const TODO =
  'Nothing was replaced yet. Find out what has changed the rows since they were extracted or loaded, repair it (or release this ' +
  'run and start another, which extracts anew), then redrive: everything is compared again';
const EVER = { from: '0001-01-01 00:00:00+00', to: '9999-12-31 00:00:00+00', some: 0 };
const NO_LIST = { exams: { kind: 'integers', value: 0 } } as const;

/** One turn; undefined when the next invocation has to go on. */
export async function staged(
  payload: StagedPayload,
  deps: ReconcileDeps,
  invocation: Invocation,
  token: Token,
): Promise<ReconcileResult | undefined> {
  const { runId, tenant } = payload;
  const done = await deps.ledger.get<Reconciled>(reconciledKey(runId, tenant.id));
  if (done) return resultOf(done);
  const key = runKey(runId, `reconciling#${tenant.id}`);
  const read = await warehouseReader(deps, payload, payload.warehouse, invocation);
  const leftMs = () => invocation.remainingMs() - LEAVE_BEFORE_END_MS;
  const look = <R>(work: (source: Source) => Promise<R>) => {
    const comment = [runId, 'reconcile', tenant.id];
    const ref = sourceOf(payload.source, tenant);
    const wanted = () => allRunning(deps.sfn, [payload.selfArn, payload.rootArn]);
    return Source.reading(deps, ref, tenant.warehouseSchema, comment, wanted, work);
  };
  const high = instantText(microsOf(payload.high));
  const exact = { ...payload, high, start: instantText(microsOf(payload.start)) };

  let progress = (await deps.ledger.get<Progress>(key)) ?? begin(exact.start);
  while (progress.next !== null) {
    if (leftMs() <= 0 || !(await allRunning(deps.sfn, [payload.selfArn, payload.rootArn]))) return;
    const window = windowFrom(progress.next, progress.days, high);
    const least = progress.days <= LEAST_DAYS;
    const limit = least ? leftMs() : Math.min(SLOW_MS, leftMs());
    const begun = deps.clock.now();
    try {
      const found = await look((source) => compareWindow(exact, window, read, source, () => limit));
      const seconds = deps.clock.now() - begun;
      const last = window.to === high;
      progress = added(progress, found, window.from, last ? null : behind(window), seconds);
    } catch (error) {
      if (error instanceof NotWanted) return undefined;
      if (!(error instanceof TooSlow)) throw error;
      // With little time left an ordinary window is too long: the next invocation has more.
      if (limit < SLOW_MS && !least) return undefined;
      if (least) throw new TryAgainError(`the rows of one minute took longer than ${limit} ms`);
      progress = { ...progress, days: Math.max(LEAST_DAYS, progress.days / 2) };
    }
    await token.renew();
    await deps.ledger.put(key, progress);
  }
  try {
    const verdict = await look((source) =>
      conclude(exact, progress, deps, read, source, () => Math.max(leftMs(), 30_000)),
    );
    await token.renew();
    await deps.ledger.put(reconciledKey(runId, tenant.id), verdict);
    await deps.ledger.remove(key);
    return resultOf(verdict);
  } catch (error) {
    if (error instanceof NotWanted) return undefined;
    if (error instanceof TooSlow) throw new TryAgainError('the last comparisons took too long');
    // Nobody goes on with sums that do not agree: a redrive compares everything again.
    if (error instanceof ReconciliationError) await deps.ledger.remove(key);
    throw error;
  }
}

const begin = (start: string): Progress => ({
  next: start,
  days: FIRST_DAYS,
  warehouse: {},
  staged: {},
  changed: {},
  joined: {},
  latest: {},
  wrong: {},
  wrongLatest: [],
  lagging: [],
});

function added(
  old: Progress,
  found: Compared,
  since: string,
  next: string | null,
  took: number,
): Progress {
  // Once a year and column: an item of the ledger has its limits.
  const known = ({ year, column }: Difference) =>
    old.wrongLatest.some((one) => one.year === year && one.column === column);
  const wrong = Object.fromEntries(found.wrong.map(({ year }) => [year, since]));
  return {
    next,
    days: took < QUICK_MS ? Math.min(MOST_DAYS, old.days * 2) : old.days,
    warehouse: plus(old.warehouse, found.warehouse),
    staged: plus(old.staged, found.staged),
    changed: plus(old.changed, found.changed),
    joined: plus(old.joined, found.joined),
    latest: plus(old.latest, found.latest),
    wrong: { ...wrong, ...old.wrong },
    wrongLatest: [...old.wrongLatest, ...found.wrongLatest.filter((one) => !known(one))],
    lagging: [...new Set([...old.lagging, ...found.lagging])].sort(),
  };
}

/** All that is compared once, and the verdicts. */
async function conclude(
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
  if (problems.length > 0) throw notReconciled(tenant.id, problems, TODO);
  const first = was?.first_updated ?? null;
  const smoke = await smokeGroups(payload, first, sums.lagging, read, source, ms);
  return {
    ...counts,
    joined: sums.joined,
    latest: sums.latest,
    lagging: sums.lagging,
    before,
    older: smoke.some(({ older }) => older),
    smoke,
    remarks: remarksOf(sums, lost.late, Number(was?.hidden ?? 0)),
  };
}

/** The years that do not agree: over all windows, and where to look first. */
function wrongYears(sums: Progress): string[] {
  const all = differences(sums.warehouse, sums.staged);
  return Object.entries(sums.wrong).map(([year, since]) => {
    const [text = `school year ${year}: rows differ`] = described(
      all.filter((one) => one.year === year),
    );
    return `${text}, first in exams updated since ${since}`;
  });
}

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

const resultOf = ({ staged: rows, inserted, superseded, orphan }: Reconciled): ReconcileResult => ({
  status: 'done',
  staged: rows,
  inserted,
  superseded,
  orphan,
});

// Before the swap, tenant by tenant: whatever keeps the load from replacing what reports read is found while
// nothing is destroyed yet. What the warehouse says is read once, here; the phase after the swap compares
// with what is written down. Windows grow while they are quick and are halved when they are slow.

import { LEAVE_BEFORE_END_MS } from '../shared/clock';
import { ReconciliationError, TryAgainError } from '../shared/errors';
import { allRunning } from '../shared/executions';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import type { Difference } from '../shared/rdw/compare';
import { COUNTS, type FactsByYear, plus } from '../shared/rdw/facts';
import { newSalt, sealed } from '../shared/rdw/sealed';
import { sourceOf } from '../shared/rdw/tenant';
import { behind, instantText, microsOf, windowFrom } from '../shared/rdw/windows';
import type { Token } from '../shared/worker-token';
import { type Compared, compareWindow } from './compare-window';
import { conclude } from './conclude';
import { type ReconcileDeps, warehouseReader } from './deps';
import type { ReconcileResult, StagedPayload } from './payload';
import { type Progress, type Reconciled, reconciledKey } from './reconciled';
import { NotWanted, Source, TooSlow } from './source';

const FIRST_DAYS = 30;
const MOST_DAYS = 366;
/** A minute; what was changed within one is read at a stretch. */
const LEAST_DAYS = 1 / 1_440;
/** The longest a statement may take, and the time under which the next window may be twice as long. */
const SLOW_MS = 300_000;
const QUICK_MS = 30_000;

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
    const limit = () => (least ? leftMs() : Math.min(SLOW_MS, leftMs()));
    const left = leftMs();
    const begun = deps.clock.now();
    try {
      const found = await look((source) => compareWindow(exact, window, read, source, limit));
      const seconds = deps.clock.now() - begun;
      const last = window.to === high;
      progress = added(progress, found, window.from, last ? null : behind(window), seconds);
    } catch (error) {
      if (error instanceof NotWanted) return undefined;
      if (!(error instanceof TooSlow)) throw error;
      // With little time left an ordinary window is too long: the next invocation has more.
      if (left < SLOW_MS) return undefined;
      if (least) throw unreadable(tenant.id, window.from);
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

const unreadable = (tenant: string, from: string) =>
  new ReconciliationError(
    `tenant ${tenant}: MySQL does not read one minute of exam.updated, from ${from} on, in a whole invocation. ` +
      'Look at its load and at the index of exam.updated, then redrive: reading goes on there',
  );

const begin = (start: string): Progress => ({
  salt: newSalt(),
  next: start,
  days: FIRST_DAYS,
  warehouse: {},
  staged: {},
  changed: {},
  joined: {},
  latest: {},
  wrong: {},
  columns: {},
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
  const columns = { ...old.columns };
  for (const { year, column } of found.wrong) {
    columns[year] = [...new Set([...(columns[year] ?? []), column])];
  }
  const seal = (facts: FactsByYear) => sealed(facts, old.salt);
  return {
    salt: old.salt,
    next,
    days: took < QUICK_MS ? Math.min(MOST_DAYS, old.days * 2) : old.days,
    warehouse: plus(old.warehouse, seal(found.warehouse)),
    staged: plus(old.staged, seal(found.staged)),
    changed: plus(old.changed, seal(found.changed)),
    joined: plus(old.joined, seal(found.joined)),
    latest: plus(old.latest, seal(found.latest)),
    wrong: { ...wrong, ...old.wrong },
    columns,
    wrongLatest: [...old.wrongLatest, ...found.wrongLatest.filter((one) => !known(one)).map(bare)],
    lagging: [...new Set([...old.lagging, ...found.lagging])].sort(),
  };
}

/** A sum is told by its name alone. */
const bare = (one: Difference): Difference =>
  COUNTS.includes(one.column) ? one : { ...one, expected: '', actual: '' };

const resultOf = ({ staged: rows, inserted, superseded, orphan }: Reconciled): ReconcileResult => ({
  status: 'done',
  staged: rows,
  inserted,
  superseded,
  orphan,
});

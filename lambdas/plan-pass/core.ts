// Plans the catch-up, pass by pass, until two in a row have found nothing and nothing was written between
// them. Ids commit out of order: each pass looks again at the newest rows that are copied already.
//
//   LO ........ window: rescanHours, at least 100,000 ids ........ old HI .... HI = max(source)

import { iso } from '../shared/clock';
import { ReconciliationError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { check, note } from '../shared/history/checks';
import { type CopiedItem, copiedKey } from '../shared/history/copied';
import { type Ends, endsOf, text } from '../shared/history/ends';
import { holdOffset } from '../shared/history/offset';
import { type Table, whole } from '../shared/history/table';
import type { IdRange } from '../shared/history/tables';
import { hasUnsettled, NEWEST } from '../shared/history/unsettled';
import { comparedBy, coveredRows } from '../shared/history/verified';
import { type HistoryDeps, withTables } from '../shared/history/work';
import { runKey } from '../shared/ledger';
import { type WaitDeps, waitFor } from '../shared/waiting';
import type { PlanPassPayload, PlanPassResult } from './payload';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Time between a pass that found rows and the next. */
const BETWEEN_MS = 5 * MINUTE_MS;

/** The ledger's item about what follows pass `n`. */
interface Plan {
  /** Who asked: a redrive plans anew, because what was seen may be days old. */
  readonly by: string;
  /** Plans after this pass so far. */
  readonly tries: number;
  /** Largest id of the old table then. */
  readonly maxId: string | null;
  readonly planned: PlanPassResult;
  readonly at: number;
}

export async function planPass(
  payload: PlanPassPayload,
  deps: HistoryDeps & WaitDeps,
  invocation: Invocation,
): Promise<PlanPassResult> {
  const planning = new Planning(payload, deps);
  const seen = await withTables(payload, deps, (source, target) =>
    waitFor(deps, payload, 'plan-pass', invocation, () => planning.round(source, target)),
  );
  return seen ?? planning.running();
}

class Planning {
  private cut = '';
  private readonly by: string;

  constructor(
    private readonly payload: PlanPassPayload,
    private readonly deps: HistoryDeps,
  ) {
    this.by = `${payload.rootArn}#${payload.redriveCount}`;
  }

  async round(source: Table, target: Table): Promise<PlanPassResult | undefined> {
    const { payload, deps, by } = this;
    const { runId, admin, last } = payload;
    const { clock, ledger } = deps;
    const there = await this.plan(last.pass);
    if (there?.by === by) {
      // It may have died before all was told.
      await this.tell(there.planned, source, target);
      return there.planned;
    }
    const before = last.pass === 0 ? undefined : await this.plan(last.pass - 1);
    if (before && clock.now() < before.at + this.restMs()) return undefined;
    const seen = await endsOf(source);
    this.cut = (await holdOffset({ source, target, runId, admin }, deps)).cut;
    const rests = before !== undefined && before.maxId === text(seen.max);
    const calm = rests && last.inserted === '0' && (await hasUnsettled(source, seen.max)) !== true;
    const quiet = calm ? last.quiet + 1 : 0;
    const planned =
      quiet >= 2
        ? this.result({ status: 'done', quiet, range: null, hi: this.oldHi(before) })
        : await this.next(source, seen, { quiet, before, tries: there?.tries ?? 0 });
    await ledger.put(runKey(runId, `history#plan#${last.pass}`), {
      by,
      tries: (there?.tries ?? 0) + 1,
      maxId: text(seen.max),
      planned,
      at: clock.now(),
    } satisfies Plan);
    await this.tell(planned, source, target);
    return planned;
  }

  running(): PlanPassResult {
    const { last, hi } = this.payload;
    return this.result({ status: 'running', quiet: last.quiet, range: null, hi, pass: last.pass });
  }

  /** What the next pass looks at. */
  private async next(
    source: Table,
    seen: Ends,
    { quiet, before, tries }: { quiet: number; before: Plan | undefined; tries: number },
  ): Promise<PlanPassResult> {
    const { last, rescanHours } = this.payload;
    const old = this.oldHi(before);
    if (seen.min === null || seen.max === null) {
      return this.result({ status: 'pass', quiet, range: null, hi: old });
    }
    const since = iso(this.deps.clock.now() - rescanHours * HOUR_MS);
    const recent = whole(
      (await source.row('recent-rows', { since: since.slice(0, -1).replace('T', ' ') })).first_id,
    );
    const known = old === null ? seen.min : BigInt(old);
    const hi = known > seen.max ? known : seen.max;
    // A row that was committed late may even be the first.
    const lo = greatest(seen.min, least(known - NEWEST + 1n, recent ?? known));
    const name = `pass-${last.pass + 1}${tries > 0 ? `-${tries + 1}` : ''}`;
    const range: IdRange = { name, lo: String(lo), hi: String(hi) };
    return this.result({ status: 'pass', quiet, range, hi: String(hi) });
  }

  private result(
    part: Pick<PlanPassResult, 'status' | 'quiet' | 'range' | 'hi'> & { readonly pass?: number },
  ): PlanPassResult {
    const { last } = this.payload;
    const pass = part.status === 'pass' ? last.pass + 1 : last.pass;
    return { pass, ...part, cut: this.cut };
  }

  /** Up to where passes have come; before the first of them, the frozen range. */
  private oldHi(before: Plan | undefined): string | null {
    return before?.planned.hi ?? this.payload.hi;
  }

  /** Passes that find nothing prove more the more time lies between them. */
  private restMs(): number {
    const settle = this.payload.settleMinutes * MINUTE_MS;
    return this.payload.last.inserted === '0' ? settle : Math.min(settle, BETWEEN_MS);
  }

  private plan(pass: number): Promise<Plan | undefined> {
    return this.deps.ledger.get<Plan>(runKey(this.payload.runId, `history#plan#${pass}`));
  }

  /** The removal reads up to where all is copied; the report how. */
  private async tell(
    { status, pass, hi, cut }: PlanPassResult,
    source: Table,
    target: Table,
  ): Promise<void> {
    const { ledger, clock } = this.deps;
    const { runId } = this.payload;
    if (status !== 'done') return;
    await this.tellCompared(target);
    const lo = text((await endsOf(source)).min) ?? this.payload.lo;
    const item: CopiedItem = { lo, hi, cut, at: iso(clock.now()) };
    await ledger.put(copiedKey(runId), item);
    await note(
      ledger,
      runId,
      'passes',
      `${pass} catch-up passes; the last two found nothing, and nothing was written to the old table between them`,
    );
  }

  /** The comparison of the frozen range, which stands in its checkpoints. */
  private async tellCompared(target: Table): Promise<void> {
    const { ledger, clock } = this.deps;
    const { runId, lo, hi } = this.payload;
    if (lo === null || hi === null) return;
    const rows = coveredRows(await comparedBy(target, runId), BigInt(lo), BigInt(hi));
    await check(ledger, runId, clock.now(), {
      name: 'all rows are in both tables',
      expected: `every row with an id from ${lo} to ${hi}, and no other`,
      actual: rows === null ? 'not all ids were compared' : `${rows} rows agree in every column`,
      ok: rows !== null,
    });
    if (rows === null) {
      throw new ReconciliationError(
        `not all ids from ${lo} to ${hi} were compared, as the checkpoints in ${target.place.database} say: somebody has changed or dropped ` +
          'upgrade_runbooks_copy. Release the run and start a new one: rows that are there are compared, not copied again',
      );
    }
    await note(
      ledger,
      runId,
      'twice',
      `${rows} rows, and those of the passes, are in both tables: staff see each of them twice as long as both are read (ENABLE_READING_FROM_MULTIPLE_HISTORY_TABLES)`,
    );
  }
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const greatest = (a: bigint, b: bigint): bigint => (a > b ? a : b);

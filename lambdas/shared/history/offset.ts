// The cut between copied and live ids of the new table, kept in the ledger: looked at again before every
// part of the work, and moved up as long as nothing live is there.

import { iso } from '../clock';
import { IdOverlapError } from '../errors';
import type { MySqlRef } from '../mysql/credentials';
import { LEAST, nextIdFor, type OffsetVerdict } from './assess';
import { nextIdOf, setNextId } from './next-id';
import { overlapFinding } from './overlap';
import { type OffsetItem, offsetKey, offsetOf, standing } from './standing';
import type { Table } from './table';
import type { HistoryDeps } from './work';

/** What settles the cut. */
export interface HoldProps {
  readonly source: Table;
  readonly target: Table;
  readonly runId: string;
  /** Who may alter the target; null: its own user. */
  readonly admin: MySqlRef | null;
  /**
   * Ids to leave free, where the ledger does not say.
   *
   * @default 10000
   */
  readonly offset?: bigint;
  /**
   * Whether the old table is going to grow for days yet: half of the free ids must be left then.
   *
   * @default false: a tenth must be left
   */
  readonly ahead?: boolean;
}

/**
 * Settles the cut, or proves that the one of the ledger still holds.
 *
 * @throws IdOverlapError when ids collide, or could
 */
export async function holdOffset(
  props: HoldProps,
  { ledger, clock }: Pick<HistoryDeps, 'ledger' | 'clock'>,
): Promise<OffsetItem> {
  const { source, target, runId } = props;
  const seen = await standing(source, target, ledger, runId);
  const { known, verdict } = seen;
  const own = (await offsetOf(ledger, runId)) !== undefined;
  refuse(verdict, source, target);
  const offset = props.offset ?? BigInt(known?.offset ?? LEAST);
  const targetMax = known ? known.targetMax : (seen.target.max?.toString() ?? null);
  let last = known;
  const save = async (item: Pick<OffsetItem, 'cut' | 'live' | 'settled' | 'previous'>) => {
    const next = { ...item, offset: String(offset), targetMax };
    const same = (['cut', 'live', 'settled'] as const).every((one) => last?.[one] === next[one]);
    const whole: OffsetItem = { ...next, at: same ? last!.at : iso(clock.now()) };
    // Another run's item says what that run has settled; this run has its own.
    if (!same || !own) await ledger.put(offsetKey(runId), whole);
    last = whole;
    return whole;
  };
  const live = (cut: bigint) =>
    save({ cut: String(cut), live: known?.live ?? true, settled: true });
  if (verdict.kind === 'live') return live(verdict.cut);
  const least = offset / (props.ahead ? 2n : 10n);
  const kept = roomLeft(known, seen.source.max, least) ? BigInt(known!.cut) : null;
  const wanted = kept ?? nextIdFor(seen.source.max, offset);
  const there = await nextIdOf(target);
  if (there === null || there < wanted) {
    // Whoever goes on after a death must know where rows were that came until the id was set.
    const previous = known?.previous ?? known?.cut ?? there?.toString();
    await save({ cut: String(wanted), live: false, settled: false, previous });
    await setNextId(target, props.admin, wanted);
    const { verdict: now } = await standing(source, target, ledger, runId);
    refuse(now, source, target);
    if (now.kind === 'live') return live(now.cut);
  }
  const cut = kept ?? (there !== null && there > wanted ? there : wanted);
  return save({ cut: String(cut), live: false, settled: true });
}

/** Enough ids are free: another cut would only move what is good. */
function roomLeft(known: OffsetItem | undefined, max: bigint | null, least: bigint): boolean {
  return known !== undefined && BigInt(known.cut) - (max ?? 0n) > least;
}

function refuse(verdict: OffsetVerdict, source: Table, target: Table): void {
  const finding = overlapFinding(verdict, source.name, target.name);
  if (finding)
    throw new IdOverlapError(`${finding}. Then redrive; nothing was written to either table`);
}

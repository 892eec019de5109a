// The cut between copied and live ids of the new table, kept in the ledger: looked at again before every
// part of the work, and moved up as long as nothing live is there.

import { iso } from '../clock';
import { HistoryTableError, IdOverlapError } from '../errors';
import { type Ledger, runKey } from '../ledger';
import type { MySqlRef } from '../mysql/credentials';
import { assessOffset, LEAST, nextIdFor, type OffsetFacts, type OffsetVerdict } from './assess';
import { type Copied, copiedInto } from './copied';
import { type Ends, endsOf, firstFrom, lastBelow } from './ends';
import { type Table, whole } from './table';
import type { HistoryDeps } from './work';

/** The ledger's item. Written before the next id is set, and again when it is read back. */
export interface OffsetItem {
  readonly cut: string;
  /** Ids that were left free. */
  readonly offset: string;
  /** Live rows were there before: nothing was set. */
  readonly live: boolean;
  /** The next id was read back. */
  readonly settled: boolean;
  /** Largest id of the new table when the cut was settled; null: it was empty. */
  readonly targetMax: string | null;
  /** Until the next id was read back: the cut before, or the next id then. Live rows may have come from there on. */
  readonly previous?: string;
  readonly at: string;
}

const keyOf = (runId: string) => runKey(runId, 'history#offset');

export const offsetOf = (ledger: Ledger, runId: string) => ledger.get<OffsetItem>(keyOf(runId));

/** What is there, and what it means. */
export interface Standing {
  readonly source: Ends;
  readonly target: Ends;
  readonly known: OffsetItem | undefined;
  readonly copied: readonly Copied[];
  readonly verdict: OffsetVerdict;
}

/** Looks; changes nothing. */
export async function standing(
  source: Table,
  target: Table,
  ledger: Ledger,
  runId: string,
): Promise<Standing> {
  const copied = await copiedInto(target);
  const known = await knownOffset(ledger, [runId, ...copied.map((one) => one.runId)]);
  const cut = known ? BigInt(known.cut) : null;
  // The old table last: its newest row must be below what was seen of the new one.
  const ends = await endsOf(target);
  const max = cut === null ? null : await lastBelow(target, cut);
  const below = { min: max === null ? null : ends.min, max };
  const old = await endsOf(source);
  const facts = { source: old, target: ends, cut, below, copied };
  const verdict = assessOffset(facts);
  if (verdict.kind === 'overlap' && known?.previous !== undefined) {
    const came = await cameBefore(source, target, BigInt(known.previous), facts);
    if (came) return { source: old, target: ends, known, copied, verdict: came };
  }
  return { source: old, target: ends, known, copied, verdict };
}

/** Rows that were written just before the next id was moved: where they are above every old one they are the cut. */
async function cameBefore(
  source: Table,
  target: Table,
  previous: bigint,
  facts: OffsetFacts,
): Promise<OffsetVerdict | undefined> {
  const cut = await firstFrom(target, previous);
  if (cut === null) return undefined;
  const max = await lastBelow(target, cut);
  const below = { min: max === null ? null : facts.target.min, max };
  const verdict = assessOffset({ ...facts, source: await endsOf(source), cut, below });
  return verdict.kind === 'live' ? verdict : undefined;
}

/** The first of these runs that has settled a cut. */
async function knownOffset(
  ledger: Ledger,
  runIds: readonly string[],
): Promise<OffsetItem | undefined> {
  for (const runId of runIds) {
    const item = await offsetOf(ledger, runId);
    if (item) return item;
  }
  return undefined;
}

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
    if (!same || !own) await ledger.put(keyOf(runId), whole);
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
    await setNextId(props, wanted);
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

/** Sets the next id and reads it back: a lost answer, or a server that forgot it, is seen by that. */
async function setNextId({ target, admin }: HoldProps, next: bigint): Promise<void> {
  const changer = admin ? target.as(admin) : target;
  try {
    await changer.change('set-auto-increment', { next_id: next });
  } finally {
    if (admin) await changer.close();
  }
  const got = await nextIdOf(target);
  if (got !== null && got >= next) return;
  throw new HistoryTableError(
    `the next id of ${target.name} is ${got ?? 'unknown'} although it was set to ${next}. See whether the server kept ` +
      `ALTER TABLE ${target.name} AUTO_INCREMENT = ${next} and who inserts there, then redrive`,
  );
}

/** Null: the table is not there, or gives no ids. */
export async function nextIdOf(target: Table): Promise<bigint | null> {
  await target.set('fresh-statistics');
  return whole((await target.row('auto-increment')).next_id);
}

function refuse(verdict: OffsetVerdict, source: Table, target: Table): void {
  const finding = overlapFinding(verdict, source.name, target.name);
  if (finding)
    throw new IdOverlapError(`${finding}. Then redrive; nothing was written to either table`);
}

/** Says what collides and what may be done; undefined: nothing does. */
export function overlapFinding(
  verdict: OffsetVerdict,
  source: string,
  target: string,
): string | undefined {
  if (verdict.kind === 'overlap') {
    const { from, to } = verdict;
    return (
      `${target} has rows with ids from ${from} to ${to} that no copy has written, and ids up to there belong to rows of ${source}: ` +
      'copying would lose one of each pair, so nothing is copied (this is the policy "abort"; rows of the old table are never given other ids). ' +
      `Allowed is an empty table, or one whose smallest id is above the largest of ${source}. If the rows are a copy made by hand, ` +
      'delete them; if the application wrote them, give them ids above the largest old one, to which nothing else refers, and set AUTO_INCREMENT above those'
    );
  }
  if (verdict.kind === 'passed') {
    const { cut, max } = verdict;
    return (
      `${source} has come to id ${max}, and live rows of ${target} begin at ${cut}: somebody still writes to the old table (old workers, mostly), ` +
      `and its rows from ${cut} on cannot be copied under their ids. Stop who writes there, and move the rows of ${source} with ids from ${cut} on by hand, ` +
      'under new ids, before you delete them there'
    );
  }
  return undefined;
}

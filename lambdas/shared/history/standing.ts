// Where the copied and the live ids of the two tables stand, and what that means; changes nothing.

import { type Ledger, runKey } from '../ledger';
import { assessOffset, type OffsetFacts, type OffsetVerdict } from './assess';
import { type Copied, copiedInto } from './copied';
import { type Ends, endsOf, firstFrom, lastBelow } from './ends';
import type { Table } from './table';

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

export const offsetKey = (runId: string) => runKey(runId, 'history#offset');

export const offsetOf = (ledger: Ledger, runId: string) => ledger.get<OffsetItem>(offsetKey(runId));

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

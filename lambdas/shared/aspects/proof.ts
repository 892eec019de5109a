// Marks in the ledger by which later tasks know what is proven: nothing is removed on belief.

import { type Clock, iso } from '../clock';
import { type Ledger, runKey } from '../ledger';
import type { DbtVersion } from './relations';

interface Proof {
  readonly dbt: DbtVersion;
  readonly at: string;
  /** Old relations that were compared, by roles. @default - none */
  readonly compared?: readonly string[];
}

/** What is proven of the models that are installed now. */
export type Proven = 'verified' | 'reconciled';

const key = (runId: string, what: Proven) => runKey(runId, `aspects#${what}`);

/** Marks something as proven for models of a version. */
export async function prove(
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
  runId: string,
  what: Proven,
  dbt: DbtVersion,
  compared: readonly string[] = [],
): Promise<void> {
  await ledger.put(key(runId, what), { dbt, at: iso(clock.now()), compared } satisfies Proof);
}

/** Old relations that this run has compared with what takes their place, by roles. */
export const comparedIn = async (ledger: Ledger, runId: string): Promise<readonly string[]> =>
  (await ledger.get<Proof>(key(runId, 'reconciled')))?.compared ?? [];

/** Takes a mark away: what follows must be proven again. */
export const disprove = (ledger: Ledger, runId: string, what: Proven): Promise<boolean> =>
  ledger.remove(key(runId, what));

/** What is not proven for models of a version. */
export async function unproven(
  ledger: Ledger,
  runId: string,
  dbt: DbtVersion,
): Promise<readonly Proven[]> {
  const all = ['verified', 'reconciled'] as const;
  const marks = await Promise.all(all.map((what) => ledger.get<Proof>(key(runId, what))));
  return all.filter((_, i) => marks[i]?.dbt !== dbt);
}

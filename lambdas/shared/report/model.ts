// What a report tells, rebuilt from the ledger alone: whoever has the table can make it again.

import type { GateItem } from '../gates';
import type { ItemMark } from '../items';
import type { Ledger, LedgerKey } from '../ledger';
import type { RunItem } from '../runs';
import { nextSteps } from './advice';
import type { CopyRecord } from './copies';

/** One try at a batch, as its task recorded it. */
export interface BatchRecord {
  readonly step: string;
  readonly item?: string;
  readonly title: string;
  readonly attempt: number;
  readonly status: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly rows?: number;
  readonly seconds?: number;
  readonly statementId?: string;
  readonly error?: string;
}

/** A comparison that proves, or does not, that source and target agree. */
export interface CheckRecord {
  readonly name: string;
  readonly item?: string;
  readonly expected: string;
  readonly actual: string;
  readonly ok: boolean;
  readonly at: string;
}

/** How an execution of the run ended, as its status event said. */
export interface EndRecord {
  readonly executionArn: string;
  readonly status: string;
  readonly at: string;
  readonly state?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly redrivable: boolean;
}

/** A stack update, one attempt. */
export interface ChangeSetRecord {
  readonly step: string;
  readonly number: number;
  readonly name: string;
  readonly state: string;
  readonly message?: string;
}

export interface Report {
  readonly run: RunItem;
  readonly batches: readonly BatchRecord[];
  readonly checks: readonly CheckRecord[];
  readonly gates: readonly Omit<GateItem, 'token'>[];
  readonly items: readonly (ItemMark & { readonly name: string })[];
  readonly copies: readonly CopyRecord[];
  readonly changeSets: readonly ChangeSetRecord[];
  readonly notes: readonly string[];
  readonly ends: readonly EndRecord[];
  readonly next: readonly string[];
}

/** Reads everything of a run. `run` may be ahead of the ledger: a task reports before it closes. */
export async function readReport(ledger: Ledger, run: RunItem): Promise<Report> {
  const all = <T extends object>(prefix: string) => collect<T>(ledger, run.runId, prefix);
  const batches = await all<BatchRecord>('batch#');
  const items = await all<ItemMark>('item#');
  // Whoever has a gate's token can answer for a person: it stays in the ledger.
  const gates = (await all<GateItem>('gate#')).map(withoutKey).map(({ token: _, ...gate }) => gate);
  const ends = (await all<EndRecord>('ended#')).map(withoutKey);
  return {
    run,
    batches: batches.map(withoutKey).sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)),
    checks: (await all<CheckRecord>('check#')).map(withoutKey),
    gates,
    items: items.map((mark) => ({ ...withoutKey(mark), name: mark.sk.slice('item#'.length) })),
    copies: (await all<Omit<CopyRecord, 'name'>>('copied#')).map((copy) => ({
      ...withoutKey(copy),
      name: copy.sk.split('#').slice(2).join('#'),
    })),
    changeSets: (await all<ChangeSetRecord>('change-set#')).map(
      ({ step, number, name, state, message }) => ({ step, number, name, state, message }),
    ),
    notes: (await all<{ text: string }>('note#')).map(({ text }) => text),
    ends,
    next: nextSteps(run, ends.at(-1), gates),
  };
}

async function collect<T extends object>(
  ledger: Ledger,
  runId: string,
  prefix: string,
): Promise<(T & LedgerKey)[]> {
  const all: (T & LedgerKey)[] = [];
  for await (const item of ledger.list<T>(runId, prefix)) all.push(item);
  return all;
}

function withoutKey<T extends object>({
  pk: _,
  sk: __,
  ...item
}: T & LedgerKey): Omit<T, 'pk' | 'sk'> {
  return item as unknown as Omit<T, 'pk' | 'sk'>;
}

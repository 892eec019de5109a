// Comparisons and notes for the report.

import { iso } from '../clock';
import { type Ledger, runKey } from '../ledger';

/** A comparison; see `report/model.ts`. */
export interface Check {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  readonly ok: boolean;
}

export async function check(ledger: Ledger, runId: string, now: number, one: Check): Promise<void> {
  await ledger.put(runKey(runId, `check#-#${one.name}`), { ...one, at: iso(now) });
}

export async function note(ledger: Ledger, runId: string, name: string, text: string) {
  await ledger.put(runKey(runId, `note#history#${name}`), { text });
}

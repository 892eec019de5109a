// Comparisons for the report, as other runbooks write them.

import type { Clock } from '../clock';
import { type Check, check as write } from '../history/checks';
import type { Ledger } from '../ledger';

export type { Check } from '../history/checks';

/** Writes a comparison; the last one of a name counts. */
export const check = (
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
  runId: string,
  one: Check,
): Promise<void> => write(ledger, runId, clock.now(), one);

// What the phases leave in the ledger: windows that were compared, and what the swap has to bring.

import { runKey } from '../shared/ledger';
import type { Difference } from '../shared/rdw/compare';
import type { Column } from '../shared/rdw/facts';
import type { Compared } from './compare-window';
import type { SmokeGroup } from './smoke';

type Sums = Pick<Compared, 'warehouse' | 'staged' | 'changed' | 'joined' | 'latest'>;

/** Windows that are done, in the ledger; the sums are sealed, and differences have no values but counts. */
export interface Progress extends Sums {
  /** Under which they are sealed. */
  readonly salt: string;
  /** First instant of the next window; null behind the last one. */
  readonly next: string | null;
  readonly days: number;
  /** School years that do not agree, with the first instant of the first window in which they do not. */
  readonly wrong: Readonly<Record<string, string>>;
  /** In which columns, window by window. */
  readonly columns: Readonly<Record<string, readonly Column[]>>;
  /** What Redshift's exams do not explain of the exams that count. */
  readonly wrongLatest: readonly Difference[];
  readonly lagging: readonly string[];
}

/** What the phase after the swap needs, in the ledger once this phase has passed; the sums are sealed. */
export interface Reconciled extends Pick<Sums, 'joined' | 'latest'> {
  readonly salt: string;
  readonly staged: number;
  readonly inserted: number;
  readonly superseded: number;
  readonly orphan: number;
  /** School years of which nothing can be expected, because Redshift's exams are not the warehouse's. */
  readonly lagging: readonly string[];
  /** Rows of exam_alt_score as it was. */
  readonly before: Readonly<Record<string, number>>;
  /** Whether the swap brings rows that are older than any before. */
  readonly older: boolean;
  readonly smoke: readonly SmokeGroup[];
  /** Sentences for the report. */
  readonly remarks: readonly string[];
}

export const reconciledKey = (runId: string, tenant: string) =>
  runKey(runId, `reconciled#${tenant}`);

import type { HistoryCaller, IdRange } from '../shared/history/tables';
import type { MySqlRef } from '../shared/mysql/ref';

export interface FreezeRangePayload extends HistoryCaller {
  /** Who may alter the target; null: the target's own user is tried. */
  readonly admin: MySqlRef | null;
  readonly workers: number;
}

export interface FreezeRangeResult {
  /** The cut, moved up where the old table came too near and nothing live is there. */
  readonly cut: string;
  /** Ids that will be copied; null: the source is empty. */
  readonly lo: string | null;
  readonly hi: string | null;
  /** Disjoint, in order, together exactly [lo, hi]; as many as workers or fewer. */
  readonly ranges: readonly IdRange[];
}

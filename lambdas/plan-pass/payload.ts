import type { HistoryCaller, IdRange } from '../shared/history/tables';
import type { MySqlRef } from '../shared/mysql/ref';

/** What the state data say of the catch-up; the first call has `{ pass: 0, quiet: 0, inserted: '0' }`. */
export interface LastPass {
  /** Number of the pass that has just ended; 0: there was none. */
  readonly pass: number;
  /** Passes in a row, up to the one before it, that found nothing. */
  readonly quiet: number;
  /** Rows it wrote, as copy-chunks said. */
  readonly inserted: string;
}

export interface PlanPassPayload extends HistoryCaller {
  /** Who may alter the target; null: the target's own user is tried. */
  readonly admin: MySqlRef | null;
  /** As freeze-range said; null: the source was empty. */
  readonly lo: string | null;
  readonly hi: string | null;
  readonly rescanHours: number;
  readonly settleMinutes: number;
  readonly last: LastPass;
}

/** A waiting task: passes have time between them, so that writers that commit late are seen. */
export interface PlanPassResult {
  /** `pass`: copy `range` next. `done`: two passes in a row found nothing, and nothing was written. */
  readonly status: 'running' | 'pass' | 'done';
  readonly pass: number;
  readonly quiet: number;
  /** Null with `running`, `done`, and where there is nothing to look at. */
  readonly range: IdRange | null;
  /** Up to where the source is copied. */
  readonly hi: string | null;
  /** The cut, moved up where the old table came too near and nothing live is there. */
  readonly cut: string;
}

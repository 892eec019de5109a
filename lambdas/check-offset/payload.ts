import type { HistoryCaller } from '../shared/history/tables';
import type { MySqlRef } from '../shared/mysql/ref';

export interface CheckOffsetPayload extends HistoryCaller {
  /** Who may alter the target; null: the target's own user is tried. */
  readonly admin: MySqlRef | null;
  /** The application's user, for the settings that are printed. */
  readonly runtimeUser: string;
  /**
   * Ids kept free between the largest of the source and the first new one; null: four times the
   * measured rate of the seven days for which gate `switch-writes` waits.
   */
  readonly offset: number | null;
  readonly rowsPerHour: number;
  /** Hash of what was approved at gate `switch-writes`; null: nobody was asked yet. */
  readonly approved: string | null;
}

export interface CheckOffsetResult {
  /** `changed`: the cut is not the one that was approved, and has to be asked about again. */
  readonly status: 'held' | 'changed';
  /** Of the execution when it was looked. */
  readonly redriveCount: number;
  /** No id at or above is ever read or written in the target. */
  readonly cut: string;
  /** Largest id of the source then; null: it is empty. */
  readonly maxId: string | null;
  /** Live rows were there already: writes have moved before. */
  readonly live: boolean;
  /** The settings that move the writes: the text of gate `switch-writes`. */
  readonly question: string;
}

import type { HistoryCaller } from '../shared/history/tables';
import type { MySqlRef } from '../shared/mysql/ref';

export interface AwaitWritesPayload extends HistoryCaller {
  /** Who may alter the target; null: the target's own user is tried. */
  readonly admin: MySqlRef | null;
  /** How long the source must stay as it is. */
  readonly settleMinutes: number;
}

export interface AwaitWritesResult {
  readonly status: 'running' | 'done';
  /** The cut, moved up where the old table came too near before the writes had moved. */
  readonly cut: string;
  /** Largest id of the source; null: it is empty. */
  readonly maxId: string | null;
  /** Largest id of the target; null: nothing was written there yet. */
  readonly targetMaxId: string | null;
}

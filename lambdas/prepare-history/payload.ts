import type { HistoryCaller } from '../shared/history/tables';
import type { MySqlRef } from '../shared/mysql/ref';

export interface PrepareHistoryPayload extends HistoryCaller {
  readonly admin: MySqlRef | null;
  /** The application's users, without their host part, which is `%`. */
  readonly runtimeUser: string;
  readonly migrateUser: string;
  readonly characterSet: string;
  readonly collation: string;
}

export interface PrepareHistoryResult {
  /** The target table is there already, as its migrations make it: no gate is needed. */
  readonly migrated: boolean;
  /** What an administrator has to run before the migrations; empty when it was done. */
  readonly sql: readonly string[];
  /** The four Django commands, exactly. */
  readonly commands: readonly string[];
  /** The question of gate `migrations`, in the words for a person. */
  readonly question: string;
}

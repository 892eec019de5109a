import type { CopySettings } from '../copy-chunks/payload';
import type { HistoryCaller, Replica } from '../shared/history/tables';
import type { MySqlRef } from '../shared/mysql/ref';

export interface DiscoverHistoryPayload extends HistoryCaller {
  /** Who may create the database and grant rights; null: a person does it. */
  readonly admin: MySqlRef | null;
  /** The application's users, without their host part, which is `%`. */
  readonly runtimeUser: string;
  readonly migrateUser: string;
  readonly replicas: readonly Replica[];
  readonly dbInstanceIdentifier: string | null;
  readonly settings: CopySettings;
  readonly workers: number;
}

export interface DiscoverHistoryResult {
  /** False: the source table is not there, and there is nothing to move. */
  readonly inUse: boolean;
  /** Both tables are on one server, and the target's user may read the old one: rows need not travel. */
  readonly sameServer: boolean;
  /** The target table is there, as its migrations make it. */
  readonly migrated: boolean;
  /** What the target's database is created with: utf8mb4, or the source's set where that is wider. */
  readonly characterSet: string;
  readonly collation: string;
  /** Null: the source is empty. */
  readonly minId: string | null;
  readonly maxId: string | null;
  /** Ids that the source's key can still give, and days until then at the measured rate; null: no writes. */
  readonly idsLeft: string;
  readonly daysLeft: number | null;
  /** Rows of the last seven days, by hour. */
  readonly rowsPerHour: number;
  /** The server's own estimate of rows and bytes: to plan with, never to prove anything. */
  readonly aboutRows: string;
  readonly aboutBytes: string;
  readonly aboutHours: number;
}

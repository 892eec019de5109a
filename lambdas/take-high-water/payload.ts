import type { MySqlRef } from '../shared/mysql/ref';
import type { TenantRef } from '../shared/rdw/tenant';
import type { Caller } from '../shared/run';

export interface TakeHighWaterPayload extends Caller {
  readonly source: MySqlRef;
  readonly tenant: TenantRef;
  /** Instant since which exams count, as in `2019-11-01T00:00:00Z`. */
  readonly start: string;
}

export interface TakeHighWaterResult {
  /** Where the extract begins, as in `2019-11-01 00:00:00.000000`, UTC. */
  readonly start: string;
  /** Where it ends, inclusive. */
  readonly high: string;
  /** Id of the newest row of table migrate then, as text. */
  readonly migrateId: string;
}

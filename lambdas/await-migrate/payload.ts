import type { MySqlRef } from '../shared/mysql/ref';
import type { Thing } from '../shared/quiesced/thing';
import type { TenantRef } from '../shared/rdw/tenant';
import type { Caller } from '../shared/run';
import type { WarehouseTarget } from '../shared/warehouse-target';

/** What is waited for, or asserted. */
export type AwaitPhase =
  /** The regular job still has its pod: those of its runs that have begun end by themselves. */
  | 'before'
  /** The pod is gone: nothing of the job is left, neither a started row nor a session. */
  | 'after'
  /** Right before a tenant's rows are swapped: it is still so, and no job has begun since the mark. */
  | 'assert';

export interface AwaitMigratePayload extends Caller {
  /** Name of the wait in the ledger. */
  readonly step: string;
  readonly phase: AwaitPhase;
  readonly source: MySqlRef;
  readonly warehouse: WarehouseTarget;
  /** All tenants of the instance, whose jobs the one pod runs; the tenant alone to assert. */
  readonly tenants: readonly TenantRef[];
  /** The Deployment of the regular job, as the Quiesce step is told of it. */
  readonly things: readonly Thing[];
}

export interface AwaitMigrateResult {
  readonly status: 'running' | 'done';
  /** What is waited for, for people who look at the execution. */
  readonly waitsFor: string;
}

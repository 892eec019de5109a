import type { MySqlRef } from '../shared/mysql/ref';
import type { Thing } from '../shared/quiesced/thing';
import type { TenantRef, TenantWork } from '../shared/rdw/tenant';
import type { Caller } from '../shared/run';
import type { WarehouseTarget } from '../shared/warehouse-target';

export interface PreflightBackfillPayload extends Caller {
  readonly source: MySqlRef;
  readonly warehouse: WarehouseTarget;
  /** Region of the warehouse. */
  readonly region: string;
  /** With which Redshift reads and writes S3. */
  readonly copyRoleArn: string;
  /** The Deployment of the regular job, as the Quiesce step is told of it. */
  readonly things: readonly Thing[];
  /** All tenants of the instance. */
  readonly tenants: readonly TenantRef[];
  /** Ids of those that are back-filled. */
  readonly chosen: readonly string[];
  /** Instant since which exams count, as in `2019-11-01T00:00:00Z`. */
  readonly start: string;
  /** Name of the ForEach step of the tenants: items that are done are left out. */
  readonly map: string;
  readonly dryRun: boolean;
}

/** What a tenant has before the run; counts only. */
export interface TenantFacts {
  readonly tenant: string;
  /** Rows of `exam_alt_score` by school year. */
  readonly rows: Readonly<Record<string, number>>;
  /** Newest `updated` of them, UTC. */
  readonly lastUpdated: string | null;
  /** How far the regular job has come. */
  readonly high: string | null;
  /** Rows the back-fill is expected to make of it, at most. */
  readonly expected: number;
}

export interface PreflightBackfillResult {
  /** Items of the ForEach step. */
  readonly tenants: readonly { readonly key: string; readonly value: TenantWork }[];
  /** Ids of all tenants whose tables the run changes, those that it has done already included. */
  readonly processed: readonly string[];
  /** Estimated from row counts. */
  readonly minutes: number;
  /** Estimated: rows that are extracted and loaded. */
  readonly rows: number;
  /** Tenants that are done in the run this one continues. */
  readonly skipped: readonly string[];
  /** Tenants that have no alt scores and are known to have none. */
  readonly without: readonly string[];
  /** What an operator should know but need not repair. */
  readonly warnings: readonly string[];
  /** Of a dry run; others have them in the ledger. */
  readonly facts?: readonly TenantFacts[];
}

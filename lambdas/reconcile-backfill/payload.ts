import type { MySqlRef } from '../shared/mysql/ref';
import type { TenantRef, TenantWork } from '../shared/rdw/tenant';
import type { Caller } from '../shared/run';
import type { WarehouseTarget } from '../shared/warehouse-target';

/** A table of alt scores to look at. */
export type SweptTenant = Pick<TenantRef, 'id' | 'reportingSchema'>;

/** Before the first tenant and after the last one: the tables of all tenants of the instance. */
export interface SweepPayload extends Caller {
  readonly phase: 'before' | 'after';
  readonly warehouse: WarehouseTarget;
  readonly tenants: readonly SweptTenant[];
  /** Tenants that the run changes; read after the last one. */
  readonly processed?: readonly string[];
}

/** Before the swap: what was loaded against the warehouse, and what the swap will do with it. */
export interface StagedPayload extends Caller {
  readonly phase: 'staged';
  readonly source: MySqlRef;
  readonly warehouse: WarehouseTarget;
  readonly tenant: TenantWork;
  /** First and last instant of `updated` of the exams that were extracted, in UTC. */
  readonly start: string;
  readonly high: string;
  /** Rows that all slices together have written. */
  readonly extractedRows: number;
}

/** After the swap: what reports read now. */
export interface FinalPayload extends Caller {
  readonly phase: 'final';
  readonly warehouse: WarehouseTarget;
  readonly tenant: TenantWork;
}

export type ReconcilePayload = SweepPayload | StagedPayload | FinalPayload;

export interface ReconcileResult {
  /** `running`: the task has to be called again. */
  readonly status: 'running' | 'done';
  /** Rows that were loaded, and what has become of them; of one tenant. */
  readonly staged?: number;
  readonly inserted?: number;
  readonly superseded?: number;
  readonly orphan?: number;
}

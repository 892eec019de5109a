import type { Estimate } from '../shared/clickstream/estimate';
import type { FunctionSpec } from '../shared/functions/spec';
import type { Caller } from '../shared/run';
import type { WarehouseTarget } from '../shared/warehouse-target';

export interface PreflightMigrationPayload extends Caller {
  readonly warehouse: WarehouseTarget;
  /** As whom functions are replaced. */
  readonly definer: WarehouseTarget;
  /** Functions the procedures call. */
  readonly functions: readonly FunctionSpec[];
  readonly appIds: readonly string[];
  /** Days back from now that are migrated. */
  readonly days: number;
  /** Days the schema keeps events; what is older is deleted again every day. */
  readonly retentionDays: number;
  /** False before the schema upgrade: the new tables and procedures are not there yet. */
  readonly schemaReady: boolean;
  /** Statements that run, and wait, on a warehouse that is not busy. */
  readonly maxRunning: number;
  readonly maxQueued: number;
  /** Calls of the event procedure for one window above which it is not making progress. */
  readonly maxCallsPerWindow: number | null;
  readonly rpu: number | null;
  readonly pricePerRpuHour: number | null;
  readonly dryRun: boolean;
}

/** An application to migrate, as an item of the ForEach step. */
export interface MigrationItem {
  readonly key: string;
  readonly value: {
    readonly schema: string;
    readonly events: number;
    /** Where the base view's ranges begin; null without an event. */
    readonly oldest: string | null;
    /** Behind the newest event, when that lies in the future; null otherwise. */
    readonly newest: string | null;
    readonly maxCalls: number;
  };
}

/** Functions of one application, before anything is replaced. */
export interface FunctionPlan {
  readonly key: string;
  /** How many work and are left alone. */
  readonly left: number;
  /** Those that are replaced, each with the reason: `combine_json_list missing`. */
  readonly replaced: readonly string[];
}

/** What else the warehouse does. */
export interface WarehouseLoad {
  readonly running: number;
  readonly queued: number;
  /** Share of the last hour's capacity that was used; null when this user may not see it. */
  readonly busyShare: number | null;
  /** Why it is busy, as sentences; empty when it is not. */
  readonly reasons: readonly string[];
}

export interface PreflightMigrationResult {
  /** Above the limits a person is asked before anything begins. */
  readonly load: WarehouseLoad;

  readonly applications: readonly MigrationItem[];
  /** Applications without a legacy table: nothing to migrate. */
  readonly skipped: readonly string[];
  /** What an operator should know but need not repair. */
  readonly warnings: readonly string[];
  readonly estimate: Estimate;
  readonly functions: readonly FunctionPlan[];
}

import type { Caller } from '../shared/run';
import type { WarehouseTarget } from '../shared/warehouse-target';

export interface ReadLegacyObjectsPayload extends Caller {
  readonly warehouse: WarehouseTarget;
  readonly appIds: readonly string[];
  /** Gate whose approval is compared with what is there; null before the gate. */
  readonly gate: string | null;
  /** Only for the plan: nothing is written. */
  readonly dryRun: boolean;
}

/** An application with something to drop, as the ForEach step takes it. */
export interface LegacyItem {
  readonly key: string;
  readonly value: {
    readonly schema: string;
    /** Whether the tables are there, so that their data must be compared first. */
    readonly tables: boolean;
    /** Names of the procedures that are there. */
    readonly procedures: readonly string[];
  };
}

export interface ReadLegacyObjectsResult {
  /** `changed`: something else is there than was approved. */
  readonly status: 'none' | 'found' | 'approved' | 'changed';
  readonly applications: readonly LegacyItem[];
  readonly question: string;
  /** Fingerprint of the objects, their owners and their rows. */
  readonly hash: string;
}

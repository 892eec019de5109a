import type { Hop } from '../shared/aspects/path';
import type { BackupPlace } from '../shared/aspects/server/backups';
import type { ClickHouseRef } from '../shared/clickhouse/ref';
import type { HostRef } from '../shared/host/ref';
import type { AspectsTarget } from '../shared/inputs/target';
import type { Caller } from '../shared/run';
import type { TriedOnCopy } from './forecast';

export interface DiscoverAspectsPayload extends Caller {
  readonly host: HostRef;
  readonly mode: AspectsTarget['mode'];
  readonly clickhouse: ClickHouseRef;
  /** The version wanted, exactly. */
  readonly targetVersion: string;
  /** Whether 1.x may stop at 2.4.0. */
  readonly throughHop: boolean;
  readonly triedOnCopy: TriedOnCopy;
  /** Models to build anew in full after the last hop. */
  readonly models: readonly string[];
  /** Who takes the backup. @default - a machine of an older release does not say: nothing follows from it */
  readonly backupMethod?: 'native' | 'gate';
  /** Where it goes. @default - the same */
  readonly place?: BackupPlace;
  /** Of a dry run nothing is kept. */
  readonly dryRun: boolean;
}

/** A hop, with the key its child and its commands have. */
export interface HopItem {
  /** The version: letters, digits and dots. */
  readonly key: string;
  readonly value: Omit<Hop, 'refresh'> & {
    /** `tutor` for pip, exactly as it is installed. */
    readonly tutor: string;
    /** Models are the operator's, whose branch is not the plugin's. */
    readonly ownModels: boolean;
  };
}

export interface DiscoverAspectsResult {
  /** Installed before the run. */
  readonly from: string;
  readonly to: string;
  readonly tutor: string;
  /** What feeds ClickHouse, names apart by blanks. */
  readonly services: string;
  /** All versions on the way, in order, those that are done included. */
  readonly way: readonly string[];
  /** Models of the last of them. */
  readonly dbt: string;
  /** What is left of the way, in order: of a run that goes on, those that are not done. */
  readonly hops: readonly HopItem[];
  /** Models built anew in full after the last hop, one by one, each with a key of its own. */
  readonly refresh: readonly { readonly key: string; readonly value: string }[];
  readonly events: number;
  /** What an operator should know, each a sentence. */
  readonly warnings: readonly string[];
  /** Paragraph for the gate. */
  readonly forecast: string;
  /** Notes of every release on the path, a line each. */
  readonly notes: string;
  /** Whether this run has a proven backup already: one that is continued. */
  readonly backedUp: boolean;
  /** When the last event was emitted; null: none. */
  readonly lastEmission: string | null;
}

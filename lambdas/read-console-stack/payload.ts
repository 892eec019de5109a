import type { Caller } from '../shared/run';
import type { StackUpdatePlan } from '../shared/stacks/plan';

export interface ReadConsoleStackPayload extends Caller {
  /** Name of the update step in the ledger. */
  readonly step: string;
  readonly stackName: string;
  readonly region: string;
  /** Role CloudFormation shall work with; left out or null: the stack's own. */
  readonly serviceRoleArn?: string | null;
  /** Version to install, e.g. `v1.1.15`, with or without a build id. */
  readonly targetVersion: string;
  /** Address of the template; null or left out: the published one of the deployed variant. */
  readonly templateUrl?: string | null;
  /** Values for parameters that are new or shall change. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** A dry run has no item in the ledger: it changes nothing, not even there. */
  readonly dryRun: boolean;
}

export interface ReadConsoleStackResult {
  /** `none`: this very build is deployed and no parameter changes. */
  readonly action: 'update' | 'none';
  /** Number of the template variant, 1 to 7, and what it is for. */
  readonly variant: number;
  readonly use: string;
  /** Full versions. */
  readonly from: string;
  readonly to: string;
  /** Parameter keys by what becomes of them. */
  readonly kept: readonly string[];
  readonly set: readonly string[];
  readonly defaulted: readonly string[];
  readonly dropped: readonly string[];
  readonly plan: StackUpdatePlan;
}

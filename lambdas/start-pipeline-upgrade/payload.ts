import type { ConsoleRef } from '../shared/clickstream/console-access';
import type { Caller } from '../shared/run';

export interface StartPipelineUpgradePayload extends Caller {
  readonly console: ConsoleRef;
  readonly projectId: string;
  /** Region of the pipeline's stacks. */
  readonly region: string;
}

export interface StartPipelineUpgradeResult {
  /** `ask`: a person has to start it. `done`: every root stack has the console's version. */
  readonly status: 'running' | 'begun' | 'ask' | 'done';
  readonly attempt: number;
  readonly action: 'upgrade' | 'retry';
  /** Full versions: of the root stacks, and of the console. */
  readonly from: string;
  readonly to: string;
}

import type { ConsoleRef } from '../shared/clickstream/console-access';
import type { Caller } from '../shared/run';

export interface FollowPipelinePayload extends Caller {
  readonly console: ConsoleRef;
  readonly projectId: string;
  /** Region of the pipeline's stacks. */
  readonly region: string;
}

export interface FollowPipelineResult {
  /** `again`: the attempt is over without the pipeline being upgraded, start the next one. */
  readonly status: 'running' | 'upgraded' | 'again';
  readonly attempt: number;
  /** Full version the root stacks have, or shall have. */
  readonly to: string;
}

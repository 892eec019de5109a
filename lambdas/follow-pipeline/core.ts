// The waiting task that follows an upgrade of a pipeline by its root stacks, whoever started it. The upgrade
// goes level by level: that nothing is in progress means nothing, only the tags of all stacks do.

import { consoleStack } from '../shared/clickstream/console-access';
import { PipelineAttempts } from '../shared/clickstream/pipeline-attempts';
import { behind, complete, failing, moving } from '../shared/clickstream/pipeline-standing';
import { type RootStack, rootStacks } from '../shared/clickstream/solution-stacks';
import { PipelineFailedError, PipelineStalledError, TryAgainError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { ownRun } from '../shared/runs';
import type { StackDeps } from '../shared/stacks/deps';
import { notUpdatable } from '../shared/stacks/stack-status';
import { waitFor } from '../shared/waiting';
import type { FollowPipelinePayload, FollowPipelineResult } from './payload';
import { reasonOf } from './reason';

/** The console's workflow looks every 30 s: a level that has ended is followed by the next within this. */
const SETTLED_MS = 60_000;
/** Other stacks of a level go on while one is rolled back; after this nothing more will come. */
const FAILED_MS = 120_000;
/** An upgrade that has begun does not stand still for so long. */
const STALLED_MS = 900_000;

const FAILURES = { PipelineFailedError, PipelineStalledError } as const;

export async function followPipeline(
  payload: FollowPipelinePayload,
  deps: StackDeps,
  invocation: Invocation,
): Promise<FollowPipelineResult> {
  await ownRun(deps.ledger, payload);
  const { version } = await consoleStack(deps, payload.console);
  const attempts = await PipelineAttempts.open(deps.ledger, payload, invocation.requestId);
  const result = (status: FollowPipelineResult['status']) => ({
    status,
    attempt: attempts.current?.number ?? 0,
    to: version,
  });
  const last = attempts.current;
  if (last?.state === 'failed' && attempts.failedHere()) {
    throw new FAILURES[last.error as keyof typeof FAILURES](last.message);
  }
  if (!last || last.state === 'failed' || last.state === 'refused') return result('again');
  const follow = new Follow(payload, deps, attempts, version);
  const seen = await waitFor(deps, payload, 'pipeline-follow', invocation, () => follow.look());
  return result(seen ?? 'running');
}

class Follow {
  constructor(
    private readonly payload: FollowPipelinePayload,
    private readonly deps: StackDeps,
    private readonly attempts: PipelineAttempts,
    private readonly to: string,
  ) {}

  /** One round; undefined: look again in a moment. */
  async look(): Promise<'upgraded' | undefined> {
    const { projectId, region } = this.payload;
    const roots = await rootStacks(this.deps.cloudFormation(region), projectId);
    if (roots.length === 0) throw new TryAgainError(`no stack of project ${projectId} was found`);
    const quiet = await this.quietMs(moving(roots).length > 0);
    if (quiet === undefined) return undefined;
    if (complete(roots, this.to)) {
      if (quiet < SETTLED_MS) return undefined;
      await this.attempts.save({ state: 'done' });
      return 'upgraded';
    }
    const failed = failing(roots).filter(
      ({ name, changedAt }) => this.attempts.current!.failedBefore[name] !== changedAt,
    );
    if (failed.length > 0 && quiet >= FAILED_MS) return this.failed(failed, roots);
    if (quiet >= STALLED_MS) return this.stalled(roots);
    return undefined;
  }

  /**
   * How long nothing has moved, as far as this execution has seen since its last redrive; undefined while
   * something does. It outlives the invocation, which is shorter than the longest of these times.
   */
  private async quietMs(moves: boolean): Promise<number | undefined> {
    const { state, quiet } = this.attempts.current!;
    const { selfArn, redriveCount } = this.payload;
    if (moves) {
      if (quiet || state !== 'begun')
        await this.attempts.save({ state: 'begun', quiet: undefined });
      return undefined;
    }
    const now = this.deps.clock.now();
    if (quiet?.selfArn === selfArn && quiet.redriveCount === redriveCount) return now - quiet.since;
    await this.attempts.save({ quiet: { since: now, selfArn, redriveCount } });
    return 0;
  }

  private async failed(failed: readonly RootStack[], roots: readonly RootStack[]): Promise<never> {
    const api = this.deps.cloudFormation(this.payload.region);
    const { intentAt } = this.attempts.current!;
    const texts = await Promise.all(
      failed.slice(0, 5).map(async ({ name, status }) => {
        const reason = await reasonOf(api, name, intentAt);
        return `stack ${name} ended ${status}: ${reason}${adviceOf(name, status)}`;
      }),
    );
    const more = failed.length > 5 ? ` and ${failed.length - 5} more stack(s)` : '';
    return this.attempts.fail(
      new PipelineFailedError(
        `the upgrade of the pipeline to ${this.to} failed: ${texts.join('; ')}${more}. ${roots.length - behind(roots, this.to).length} of ` +
          `${roots.length} stacks have the new version. Repair the cause, ${this.next('Retry')}`,
      ),
    );
  }

  private stalled(roots: readonly RootStack[]): Promise<never> {
    const old = behind(roots, this.to).map(
      ({ name, version, status }) => `${name} (${version}, ${status})`,
    );
    const begun = this.attempts.current!.state === 'begun';
    const what = begun
      ? 'the upgrade of the pipeline stands still: no stack has changed for 15 minutes'
      : 'nothing has begun: no stack has changed in the 15 minutes since the gate was approved';
    return this.attempts.fail(
      new PipelineStalledError(
        `${what}. Without version ${this.to}: ${old.slice(0, 10).join(', ') || 'none, but a stack failed before'}. ` +
          `See the pipeline's page in the console for the reason, ${this.next(begun ? 'Retry' : 'Upgrade')}`,
      ),
    );
  }

  private next(button: string): string {
    return this.payload.console.tokenSecretArn === null
      ? `then redrive: the gate asks for ${button} in the console again, unless it works by then`
      : 'then redrive: the console is asked to go on';
  }
}

/** A stack that cannot be updated as it is needs more than the repaired cause. */
function adviceOf(name: string, status: string): string {
  const problem = notUpdatable(name, status);
  return problem === undefined ? '' : ` (${problem})`;
}

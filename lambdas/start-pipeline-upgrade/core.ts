// The waiting task that starts the upgrade of a pipeline once. It looks before each request: the console
// starts a second upgrade for every new request id, and remembers an id for ten minutes only.

import { type ConsoleDeps, consoleStack, openConsole } from '../shared/clickstream/console-access';
import type { ConsoleApi, ConsolePipeline } from '../shared/clickstream/console-api';
import { inTime } from '../shared/clickstream/network-path';
import { type PipelineAttempt, PipelineAttempts } from '../shared/clickstream/pipeline-attempts';
import { complete, moving, remember } from '../shared/clickstream/pipeline-standing';
import { type RootStack, rootStacks } from '../shared/clickstream/solution-stacks';
import { PipelineRefusedError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { ownRun } from '../shared/runs';
import { waitFor } from '../shared/waiting';
import type { Token } from '../shared/worker-token';
import type { StartPipelineUpgradePayload, StartPipelineUpgradeResult } from './payload';
import { post } from './post';

/**
 * The server works at most 30 s on a request. Until then a request without an answer may still start
 * something; after that, what the console shows is what became of it.
 */
const GRACE_MS = 75_000;

export async function startPipelineUpgrade(
  payload: StartPipelineUpgradePayload,
  deps: ConsoleDeps,
  invocation: Invocation,
): Promise<StartPipelineUpgradeResult> {
  const { console } = payload;
  await inTime(console.inVpc, 'DynamoDB', ownRun(deps.ledger, payload));
  const attempts = await PipelineAttempts.open(deps.ledger, payload, invocation.requestId);
  const { url, version } = await consoleStack(deps, console);
  const { tokenSecretArn } = console;
  const api =
    tokenSecretArn === null
      ? undefined
      : await openConsole(deps, { ...console, tokenSecretArn }, { url, version });
  const start = new Start(payload, deps, attempts, version, api);
  const seen = await waitFor(deps, payload, 'pipeline-start', invocation, (token) =>
    start.look(token),
  );
  return start.result(seen ?? 'running');
}

class Start {
  private roots: readonly RootStack[] = [];

  constructor(
    private readonly payload: StartPipelineUpgradePayload,
    private readonly deps: ConsoleDeps,
    private readonly attempts: PipelineAttempts,
    private readonly to: string,
    private readonly api: ConsoleApi | undefined,
  ) {}

  result(status: StartPipelineUpgradeResult['status']): StartPipelineUpgradeResult {
    const { number = 0, action = 'upgrade' } = this.attempts.current ?? {};
    const from = [...new Set(this.roots.map(({ version }) => version))].sort().join(', ');
    return { status, attempt: number, action, from, to: this.to };
  }

  /** One round; undefined: look again in a moment. */
  async look(token: Token): Promise<'begun' | 'ask' | 'done' | undefined> {
    const { projectId, region } = this.payload;
    this.roots = await rootStacks(this.deps.cloudFormation(region), projectId);
    if (this.roots.length === 0) {
      throw new PipelineRefusedError(
        `no stack in ${region} carries the tag of project ${projectId}. Nothing was changed; set pipeline.region in the configuration, deploy and redrive`,
      );
    }
    if (complete(this.roots, this.to)) return 'done';
    if (!this.api) return this.byHand();
    const { pipelineId } = this.roots[0]!;
    const answer = await this.api.pipeline(pipelineId, projectId);
    if (!answer.ok) {
      throw new PipelineRefusedError(
        `the console does not show pipeline ${pipelineId} of project ${projectId}: ${answer.message}. Nothing was changed; ` +
          'is it the console of this project? Redrive when that is repaired',
      );
    }
    const decision = this.decide(answer.data);
    if (decision === 'wait') return undefined;
    if (decision === 'adopt') return this.adopt();
    await this.intend(decision);
    return post(this.api, this.attempts, token, { ...this.payload, pipelineId });
  }

  /** What to do about a pipeline that is not at the console's version. */
  private decide({ statusType, templateInfo }: ConsolePipeline) {
    const last = this.attempts.current;
    const open = isOpen(last);
    // The console notes the new version when an upgrade begins, not when it ends.
    const upgraded = templateInfo.isLatest || this.roots.some(({ version }) => version === this.to);
    const waits = last?.state === 'intent' && this.deps.clock.now() - last.intentAt < GRACE_MS;
    switch (statusType) {
      case 'Updating':
        if (open || upgraded) return 'adopt';
        throw new PipelineRefusedError(
          'somebody changes the pipeline right now, and it is not the upgrade. Nothing was changed; wait until the console shows it as Active, then redrive',
        );
      case 'Active':
        if (last?.state === 'begun' || templateInfo.isLatest) return 'adopt';
        return waits ? 'wait' : 'upgrade';
      case 'Failed':
      case 'Warning':
        if (last?.state === 'begun') return 'adopt';
        if (last?.state === 'intent') {
          if (this.failedAnew(last)) return 'adopt';
          return waits ? 'wait' : last.action;
        }
        if (templateInfo.isLatest || last?.state === 'failed') return 'retry';
        if (statusType === 'Warning') return 'upgrade';
        throw new PipelineRefusedError(
          'the pipeline is Failed since before this upgrade, and the console upgrades none that is. Nothing was changed; ' +
            'press Retry in the console until it is Active, then redrive',
        );
      case 'Creating':
      case 'Deleting':
      case 'Deleted':
        throw new PipelineRefusedError(
          `the pipeline is ${statusType} and cannot be upgraded. Nothing was changed; redrive when it is Active`,
        );
      default:
        throw new Error(`unexpected status ${statusType satisfies never} of the pipeline`);
    }
  }

  private failedAnew(last: PipelineAttempt): boolean {
    const now = Object.entries(remember(this.roots));
    return now.some(([name, changedAt]) => last.failedBefore[name] !== changedAt);
  }

  /** Goes on with an upgrade that works or has worked, whoever started it. */
  private async adopt(): Promise<'begun'> {
    const last = this.attempts.current;
    if (last?.state === 'begun') return 'begun';
    if (isOpen(last)) await this.attempts.save({ state: 'begun' });
    else await this.attempts.begin({ ...this.fresh('upgrade'), state: 'begun' });
    return 'begun';
  }

  /** Without the API a person starts it; once something moves, it has begun. */
  private async byHand(): Promise<'begun' | 'ask'> {
    const last = this.attempts.current;
    const begun = moving(this.roots).length > 0;
    if (begun || last?.state === 'begun') return this.adopt();
    if (last?.state !== 'asked') {
      const action = Object.keys(remember(this.roots)).length > 0 ? 'retry' : 'upgrade';
      await this.attempts.begin({ ...this.fresh(action), state: 'asked' });
    }
    return 'ask';
  }

  private intend(action: 'upgrade' | 'retry') {
    return this.attempts.begin({ ...this.fresh(action), state: 'intent' });
  }

  private fresh(action: 'upgrade' | 'retry') {
    const { clock } = this.deps;
    return { action, intentAt: clock.now(), failedBefore: remember(this.roots) };
  }
}

const isOpen = (attempt: PipelineAttempt | undefined): boolean =>
  attempt !== undefined && ['asked', 'intent', 'begun'].includes(attempt.state);

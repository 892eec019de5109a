// The waiting task that makes a change set, or adopts the one this run made before.

import { ChangeSetFailedError, isTransient, StackBusyError } from '../shared/errors';
import { allRunning } from '../shared/executions';
import type { Invocation } from '../shared/handler';
import { ownRun } from '../shared/runs';
import { TokenLost, type UpdateAttempt, UpdateWorker } from '../shared/stacks/attempts';
import { hashOf, planHash, summarise } from '../shared/stacks/changes';
import type { ChangeSet, CloudFormation } from '../shared/stacks/cloudformation';
import type { StackDeps } from '../shared/stacks/deps';
import { notUpdatable, standingOf } from '../shared/stacks/stack-status';
import { hasTime, pauseMs } from '../shared/waiting';
import type { PrepareChangeSetPayload, PrepareChangeSetResult } from './payload';

/**
 * How CloudFormation says that a change set is empty, without and with a transform in the template.
 * Any other failure is one. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-create.html
 */
const EMPTY = [
  "The submitted information didn't contain changes.",
  'No updates are to be performed.',
];

/** Refusals of CreateChangeSet that only another template, parameter or role repairs. */
const REFUSALS = ['ValidationError', 'InsufficientCapabilitiesException', 'LimitExceededException'];

/** What a look at a change set says. */
type Seen = 'wait' | 'stale' | PrepareChangeSetResult;

export async function prepareChangeSet(
  payload: PrepareChangeSetPayload,
  deps: StackDeps,
  invocation: Invocation,
): Promise<PrepareChangeSetResult> {
  await ownRun(deps.ledger, payload);
  const { now } = deps.clock;
  const worker = await UpdateWorker.take(
    deps.ledger,
    payload,
    payload.step,
    invocation.requestId,
    now,
  );
  try {
    return await new Preparation(payload, deps, invocation, worker).run();
  } catch (error) {
    // Whoever has the token now goes on; this invocation leaves and touches nothing.
    if (error instanceof TokenLost)
      return { status: 'running', attempt: worker.current?.number ?? 0, risky: 0 };
    throw error;
  }
}

class Preparation {
  private readonly api: CloudFormation;
  private readonly startedAt: number;

  constructor(
    private readonly payload: PrepareChangeSetPayload,
    private readonly deps: StackDeps,
    private readonly invocation: Invocation,
    private readonly worker: UpdateWorker,
  ) {
    this.api = deps.cloudFormation(payload.plan.region);
    this.startedAt = deps.clock.now();
  }

  async run(): Promise<PrepareChangeSetResult> {
    let attempt = await this.currentAttempt();
    for (;;) {
      const seen = await this.look(attempt);
      if (seen === 'stale') {
        await this.worker.end('stale');
        attempt = await this.next();
        continue;
      }
      if (seen !== 'wait') return seen;
      if (!(await this.running())) {
        // Nothing waits for it any more; unexecuted change sets are not left behind.
        await this.worker.end('stale');
        await this.api.deleteChangeSet(attempt.plan.stackName, attempt.name);
        return this.result('running');
      }
      await this.worker.save({});
      const waited = this.deps.clock.now() - this.startedAt;
      if (!hasTime(this.invocation, waited)) return this.result('running');
      await this.deps.clock.sleep(pauseMs(waited));
    }
  }

  /** The attempt to go on with: the last one, or a new one where that is over. */
  private async currentAttempt(): Promise<UpdateAttempt> {
    const last = this.worker.current;
    if (!last) return this.next();
    if (last.state === 'executing') return last;
    if (last.state === 'failed' && this.worker.endedHere())
      throw new ChangeSetFailedError(last.message);
    const over =
      last.state === 'failed' ||
      last.state === 'stale' ||
      // Empty and updated were true then; for a later execution the stack is asked again.
      ((last.state === 'empty' || last.state === 'updated') &&
        last.endedBy?.selfArn !== this.payload.selfArn);
    if (over) return this.next();
    // A new execution that continues the run may want something else of the stack.
    if (last.planHash === planHash(this.payload.plan)) return last;
    if (last.state === 'intent' || last.state === 'ready') await this.worker.end('stale');
    return this.next();
  }

  private async next(): Promise<UpdateAttempt> {
    const last = this.worker.current;
    if (last?.state === 'stale' || (last?.state === 'failed' && last.executeAt === undefined)) {
      await this.api.deleteChangeSet(last.plan.stackName, last.name);
    }
    return this.worker.begin(this.payload.plan);
  }

  private async look(attempt: UpdateAttempt): Promise<Seen> {
    const { plan, name } = attempt;
    if (attempt.state === 'executing' || attempt.state === 'updated')
      return this.result('executing');
    if (attempt.state === 'empty') {
      await this.api.deleteChangeSet(plan.stackName, name);
      return this.result('empty');
    }
    const changeSet = await this.api.changeSet(plan.stackName, name);
    if (!changeSet) {
      if (attempt.state === 'ready') return 'stale';
      await this.create(attempt);
      return 'wait';
    }
    switch (changeSet.status) {
      case 'CREATE_PENDING':
      case 'CREATE_IN_PROGRESS':
        return 'wait';
      case 'CREATE_COMPLETE':
        return this.created(attempt, changeSet);
      case 'FAILED':
        return this.failed(attempt, changeSet);
      case 'DELETE_PENDING':
      case 'DELETE_IN_PROGRESS':
      case 'DELETE_COMPLETE':
      case 'DELETE_FAILED':
        return 'stale';
      default:
        throw new Error(
          `unexpected status ${changeSet.status satisfies never} of change set ${name}`,
        );
    }
  }

  private async created(attempt: UpdateAttempt, changeSet: ChangeSet): Promise<Seen> {
    switch (changeSet.executionStatus) {
      case 'UNAVAILABLE':
        return 'wait';
      case 'AVAILABLE': {
        const risky = summarise(changeSet.changes).risky.length;
        await this.worker.save({
          state: 'ready',
          hash: hashOf(attempt.plan, changeSet.changes),
          risky,
        });
        return this.result('ready');
      }
      case 'OBSOLETE':
        return 'stale';
      case 'EXECUTE_IN_PROGRESS':
      case 'EXECUTE_COMPLETE':
      case 'EXECUTE_FAILED':
        // Somebody executed our change set by hand: it is followed like one we started.
        await this.worker.save({ state: 'executing', executeAt: attempt.intentAt });
        return this.result('executing');
      default:
        throw new Error(`unexpected execution status ${changeSet.executionStatus satisfies never}`);
    }
  }

  private async failed({ plan, name }: UpdateAttempt, { reason }: ChangeSet): Promise<Seen> {
    if (EMPTY.some((text) => reason.startsWith(text))) {
      await this.worker.end('empty');
      await this.api.deleteChangeSet(plan.stackName, name);
      return this.result('empty');
    }
    return this.worker.fail(
      new ChangeSetFailedError(
        `change set ${name} of stack ${plan.stackName} failed: ${reason || 'no reason given'}. Nothing was changed; ` +
          'repair the cause and redrive, which makes a new one',
      ),
    );
  }

  private async create({ plan, name }: UpdateAttempt): Promise<void> {
    await this.assertUpdatable(plan.stackName);
    try {
      await this.api.createChangeSet(plan, name);
    } catch (error) {
      const { name: code, message } = error as Error;
      if (isTransient(error) || !REFUSALS.includes(code)) throw error;
      // An update that began since the look above is refused with the same code.
      await this.assertUpdatable(plan.stackName);
      await this.worker.fail(
        new ChangeSetFailedError(
          `CloudFormation refused change set ${name} of stack ${plan.stackName}: ${message}`,
          { cause: error },
        ),
      );
    }
  }

  private async assertUpdatable(stackName: string): Promise<void> {
    const status = (await this.api.stack(stackName))?.StackStatus;
    const problem =
      status === undefined ? `stack ${stackName} does not exist` : notUpdatable(stackName, status);
    if (problem) await this.worker.fail(new ChangeSetFailedError(`${problem}; then redrive`));
    if (status !== undefined && standingOf(status) === 'busy') {
      throw new StackBusyError(
        `stack ${stackName} is in ${status} and the update is not of this run: wait until it has ended, then redrive`,
      );
    }
  }

  private running(): Promise<boolean> {
    return allRunning(this.deps.sfn, [this.payload.selfArn, this.payload.rootArn]);
  }

  private result(status: PrepareChangeSetResult['status']): PrepareChangeSetResult {
    const { number, risky } = this.worker.current!;
    return { status, attempt: number, risky: risky ?? 0 };
  }
}

// A cloud in which a run is played, and all that is heard when something in it is not allowed.

import {
  CloudFormationClient,
  DeleteChangeSetCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Endpoint } from '../../../cli/endpoint';
import type { Cloud } from '../../../rehearsal/cloud';
import { LambdaFunctionError } from '../../../rehearsal/types';
import { arm, enteredStates, runOf, start, submitted, until } from '../support';

export class Stage {
  /** Errors, outputs and refusals a person or a log would show. */
  readonly heard: string[] = [];

  /** The API as somebody with the operators' policy and nothing else has it. */
  readonly operator: SFNClient;

  /** Where other clients of that somebody call, and as whom. */
  readonly operatorSettings: Endpoint & { readonly maxAttempts: number };

  constructor(
    readonly cloud: Cloud,
    /** Name of the stack, the first part of its machines' names. */
    readonly stack: string,
  ) {
    const { endpointUrl: endpoint, region } = cloud;
    const policy = cloud.resources.find(({ type }) => type === 'AWS::IAM::ManagedPolicy')!;
    const credentials = cloud.credentialsWith(policy.logicalId);
    this.operatorSettings = { endpoint, region, credentials, maxAttempts: 1 };
    this.operator = new SFNClient(this.operatorSettings);
    cloud.onEvent(({ detail }) => {
      const { executionArn, error, cause, output } = detail;
      this.heard.push(`${error ?? ''} ${cause ?? ''} ${output ?? ''}`);
      if (error) this.heard.push(...this.causesBelow(String(executionArn)));
    });
  }

  /** Why children of an execution's Maps failed: a Map tells its parent only that they did. */
  private causesBelow(executionArn: string): string[] {
    const { engine } = this.cloud;
    const { items } = engine.listMapRuns(executionArn, { maxResults: 1000 });
    return items
      .map(({ mapRunArn }) => ({ mapRunArn: String(mapRunArn), maxResults: 1000 }))
      .flatMap((children) => engine.listExecutions(children).items)
      .flatMap(({ executionArn: arn }) => {
        const { error, cause } = engine.describeExecution(arn);
        return [`${error ?? ''} ${cause ?? ''}`, ...this.causesBelow(arn)];
      });
  }

  /** All that was heard so far, notices and what nobody waits for included. */
  get everything(): string[] {
    const lost = this.cloud.undelivered.map(({ error }) =>
      error instanceof LambdaFunctionError ? error.cause_ : error.message,
    );
    const problems = this.cloud.problems.map(({ message }) => message);
    return [...this.heard, ...lost, ...problems, ...this.cloud.notices.map((one) => one.message)];
  }

  machineArn(machine: string): string {
    return this.cloud.machineArn(`${this.stack}-${machine}`);
  }

  start(machine: string, input: unknown): string {
    return start(this.cloud, `${this.stack}-${machine}`, input);
  }

  /** Starts a machine and waits for its end; the status must be the one that is expected. */
  async play(machine: string, input: unknown, status = 'SUCCEEDED'): Promise<string> {
    return this.ended(this.start(machine, input), status);
  }

  async ended(arn: string, status = 'SUCCEEDED'): Promise<string> {
    const { status: actual, error, cause } = await this.cloud.engine.finished(arn);
    if (actual !== status) throw new Error(`${arn} is ${actual}: ${error} ${cause}`);
    return arn;
  }

  async redriven(arn: string, status = 'SUCCEEDED'): Promise<string> {
    this.cloud.engine.redrive(arn);
    return this.ended(arn, status);
  }

  /** Id of the run an execution opened. */
  runOf(arn: string): string {
    return runOf(this.cloud, arn);
  }

  /** Waits for the nth notice whose subject contains something. */
  notice(text: string, nth = 1): Promise<void> {
    return until(this.cloud, () => {
      return this.cloud.notices.filter(({ subject }) => subject?.includes(text)).length >= nth;
    });
  }

  /** Approves a gate when it asks. */
  async approved(arn: string, gate: string): Promise<void> {
    await this.notice(`asks: ${gate}`);
    await this.play('answer', this.answerTo(arn, 'approve', gate));
  }

  /** Waits until an execution, or one below it, is in a state. */
  async entered(arn: string, state: string): Promise<void> {
    const { clock, engine } = this.cloud;
    while (!enteredStates(this.cloud, arn).includes(state)) {
      const { status, cause } = engine.describeExecution(arn);
      if (status !== 'RUNNING') throw new Error(`${arn} is ${status} before ${state}: ${cause}`);
      await clock.sleep(2_000);
    }
  }

  /** Stops an execution that still runs: one that has ended would be stopped in vain, and nobody would see it. */
  stop(arn: string): void {
    const { status } = this.cloud.engine.describeExecution(arn);
    if (status !== 'RUNNING') throw new Error(`${arn} is ${status} before it is stopped`);
    this.cloud.engine.stop(arn);
  }

  /** Stops an execution in a state; its worker has time to see it. */
  async stoppedIn(arn: string, state: string): Promise<void> {
    await this.entered(arn, state);
    this.stop(arn);
    await this.cloud.clock.sleep(120_000);
  }

  /** Redrives, a few times where it must be, until it succeeds. */
  async toTheEnd(arn: string): Promise<void> {
    for (let left = 3; left > 0; left--) {
      this.cloud.engine.redrive(arn);
      if ((await this.cloud.engine.finished(arn)).status === 'SUCCEEDED') return;
    }
    await this.ended(arn);
  }

  answerTo(arn: string, answer: 'approve' | 'refuse' = 'approve', gate = 'change-set') {
    return { run: this.runOf(arn), gate, answer, by: 'Ada', reason: 'read it' };
  }

  /** Does something with the change set of the latest question, as a person would in the console. */
  async byHand(operation: 'DeleteChangeSet' | 'ExecuteChangeSet'): Promise<void> {
    const { endpointUrl: endpoint, region, operatorCredentials: credentials } = this.cloud;
    const client = new CloudFormationClient({ endpoint, region, credentials });
    const said = this.cloud.notices.map(({ message }) => message).join(' ');
    const ChangeSetName = said.match(/runbook-run-[\w-]+/g)!.at(-1);
    const input = { StackName: 'clickstream-console', ChangeSetName };
    if (operation === 'DeleteChangeSet') await client.send(new DeleteChangeSetCommand(input));
    else await client.send(new ExecuteChangeSetCommand(input));
    client.destroy();
  }

  /**
   * Stops a migration whose statement runs and whose worker dies before it sees the stop; then leaves
   * time for an event to be given up that was delivered three times in vain.
   */
  async stoppedInEvents(input: unknown): Promise<string> {
    const arn = this.start('data-migration', input);
    await submitted(this.cloud, 'sp_migrate_event_to_v2(');
    await this.cloud.clock.sleep(20_000);
    arm(this.cloud, 'kind=kill,task=RunBatches,service=states,operation=DescribeExecution,nth=1');
    this.stop(arn);
    await this.cloud.clock.sleep(600_000);
    return arn;
  }
}

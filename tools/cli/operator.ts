// What an operator does with an execution, through the AWS API of the rehearsal.

import { RedriveExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { GateItem } from '../../lambdas/shared/gates';
import type { RunningCloud } from '../rehearsal/cloud';
import type { Endpoint } from './endpoint';
import type { Machine } from './machines';

export class Operator {
  readonly endpoint: Endpoint;
  readonly sfn: SFNClient;
  private readonly answerArn: () => string;

  constructor(
    cloud: RunningCloud,
    private readonly machine: Machine,
  ) {
    this.endpoint = {
      endpoint: cloud.endpointUrl,
      region: cloud.region,
      credentials: cloud.operatorCredentials,
    };
    // The stand-in answers at once or not at all: a retry would only hide what went wrong.
    this.sfn = new SFNClient({ ...this.endpoint, maxAttempts: 3 });
    this.machineArn = cloud.machineArn(machine.name);
    this.answerArn = () => cloud.machineArn(`${machine.stack}-answer`);
  }

  readonly machineArn: string;

  async start(input: unknown): Promise<string> {
    const { executionArn } = await this.sfn.send(
      new StartExecutionCommand({
        stateMachineArn: this.machineArn,
        name: `rehearsal-${Date.now().toString(36)}`,
        input: JSON.stringify(input),
      }),
    );
    return executionArn!;
  }

  async redrive(executionArn: string): Promise<void> {
    await this.sfn.send(new RedriveExecutionCommand({ executionArn }));
  }

  answerInput(run: string, { name }: GateItem) {
    const reason = 'approved by the rehearsal (--approve)';
    return { run, gate: name, answer: 'approve', by: 'rehearsal', reason };
  }

  /** Answers a gate as the docs say: by an execution of the answer machine. */
  async approve(run: string, gate: GateItem): Promise<void> {
    await this.sfn.send(
      new StartExecutionCommand({
        stateMachineArn: this.answerArn(),
        input: JSON.stringify(this.answerInput(run, gate)),
      }),
    );
  }

  /** How to answer from another terminal while the rehearsal waits. */
  answerByHand(run: string, gate: GateItem): string[] {
    const { askedAt } = gate;
    const input = { ...this.answerInput(run, gate), by: 'your name', reason: 'why', askedAt };
    return [
      `Start ${this.machine.stack}-answer with this input, or with "answer": "refuse":`,
      `  ${JSON.stringify(input)}`,
      'From another terminal, with the AWS CLI:',
      `  ${this.awsCli('start-execution')} --state-machine-arn ${this.answerArn()} --input '${JSON.stringify(input)}'`,
    ];
  }

  /** How to redrive from another terminal while the rehearsal waits. */
  redriveByHand(executionArn: string): string[] {
    return [
      'From another terminal, with the AWS CLI:',
      `  ${this.awsCli('redrive-execution')} --execution-arn ${executionArn}`,
    ];
  }

  private awsCli(command: string): string {
    const { credentials, endpoint, region } = this.endpoint;
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const keys = `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_SESSION_TOKEN=${sessionToken}`;
    return `${keys} aws stepfunctions ${command} --endpoint-url ${endpoint} --region ${region}`;
  }

  close(): void {
    this.sfn.destroy();
  }
}

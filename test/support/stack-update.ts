import { type AskDeps, askChangeSet } from '../../lambdas/ask-change-set/core';
import { executeChangeSet } from '../../lambdas/execute-change-set/core';
import { followStack } from '../../lambdas/follow-stack/core';
import { prepareChangeSet } from '../../lambdas/prepare-change-set/core';
import { readConsoleStack } from '../../lambdas/read-console-stack/core';
import type { ReadConsoleStackPayload } from '../../lambdas/read-console-stack/payload';
import { approvedHash, gateKey } from '../../lambdas/shared/gates';
import { type Ledger, runKey } from '../../lambdas/shared/ledger';
import type { Notice } from '../../lambdas/shared/notices';
import { latestAttempt } from '../../lambdas/shared/stacks/attempts';
import { approvalOf } from '../../lambdas/shared/stacks/changes';
import { CloudFormation } from '../../lambdas/shared/stacks/cloudformation';
import type { StackUpdatePlan } from '../../lambdas/shared/stacks/plan';
import { FakeCloudFormation, type FakeTemplate } from './fake-cloudformation';
import { FakeClock } from './fake-warehouse';

const BASE = 'https://solutions-reference.s3.amazonaws.com/clickstream-analytics-on-aws';
const FILE = 'cloudfront-s3-control-plane-stack-global.template.json';
export const OLD = `${BASE}/v1.1.5/${FILE}`;
export const NEW = `${BASE}/v1.1.15/${FILE}`;

export const describes = (version: string, build: string, rest = '- Control Plane') =>
  `(SO0219) Clickstream Analytics on AWS (Version ${version})(Build ${build})${rest}`;

const change = (
  LogicalResourceId: string,
  ResourceType: string,
  Action: string,
  Replacement?: string,
) => ({
  Type: 'Resource' as const,
  ResourceChange: { LogicalResourceId, ResourceType, Action, Replacement } as never,
});

export const RISKY = change('Table', 'AWS::DynamoDB::Table', 'Modify', 'True');

/** The console's two templates. */
export function templates(extra: Record<string, FakeTemplate> = {}): Record<string, FakeTemplate> {
  return {
    [OLD]: { description: describes('v1.1.5', '202403071513'), parameters: { Email: {} } },
    [NEW]: {
      description: describes('v1.1.15', '202506010101'),
      parameters: {
        Email: {},
        IamRolePrefix: { default: '' },
        IamRoleBoundaryArn: { default: '' },
      },
      changes: [
        change('Api', 'AWS::ApiGateway::RestApi', 'Modify', 'False'),
        change('Worker', 'AWS::Lambda::Function', 'Add'),
      ],
    },
    ...extra,
  };
}

export const ROOT =
  'arn:aws:states:us-east-1:000000000000:execution:example-clickstream-console-update:one';
export const ROLE = 'arn:aws:iam::000000000000:role/clickstream-console-update';

/** The tasks around a stack as the state machine would call them, over a scripted CloudFormation. */
export class StackHarness {
  redriveCount = 0;
  root = ROOT;
  executionStatus = 'RUNNING';
  invocations = 0;
  readonly clock = new FakeClock();
  readonly cloud: FakeCloudFormation;
  readonly deps: AskDeps;
  readonly notices: Notice[] = [];
  /** Outputs the gate's state was given, by token. */
  readonly passed: Record<string, unknown> = {};

  constructor(
    readonly ledger: Ledger,
    catalogue = templates(),
    deployed = OLD,
    values: Record<string, string> = { Email: 'ops@example.com' },
    readonly runId = `run-${Math.random().toString(36).slice(2)}`,
  ) {
    this.cloud = new FakeCloudFormation(this.clock, catalogue, deployed, values);
    this.deps = {
      ledger,
      clock: this.clock,
      sfn: {
        send: async ({ input }: { input: { taskToken?: string; output?: string } }) => {
          if (input.taskToken) this.passed[input.taskToken] = JSON.parse(input.output!);
          return { status: this.executionStatus };
        },
      } as never,
      publish: async (notice) => {
        this.notices.push(notice);
      },
      cloudFormation: () => new CloudFormation(this.cloud.client as never),
    };
  }

  /** The run as its first state, or a new execution that continues it, leaves it. */
  async open(root = ROOT): Promise<this> {
    this.root = root;
    await this.ledger.put(runKey(this.runId), {
      runId: this.runId,
      machine: 'clickstream-console-update',
      executionArn: root,
      earlierArns: [],
      status: 'open',
      input: {},
      leases: [],
      startedAt: new Date(this.clock.now()).toISOString(),
    });
    return this;
  }

  get plan(): StackUpdatePlan {
    return {
      stackName: 'clickstream-console',
      region: 'eu-west-1',
      templateUrl: NEW,
      parameters: [{ key: 'Email' }],
      capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      roleArn: ROLE,
      description: describes('v1.1.15', '202506010101'),
      warnings: [],
    };
  }

  private get caller() {
    const { runId, root, redriveCount } = this;
    return { version: 1, runId, rootArn: root, selfArn: root, redriveCount, step: 'console' };
  }

  private invocation(remainingMs = 900_000) {
    this.invocations += 1;
    const end = this.clock.now() + remainingMs;
    return { requestId: `request-${this.invocations}`, remainingMs: () => end - this.clock.now() };
  }

  read(change: Partial<ReadConsoleStackPayload> = {}) {
    return readConsoleStack(
      {
        ...this.caller,
        stackName: 'clickstream-console',
        region: 'eu-west-1',
        serviceRoleArn: ROLE,
        targetVersion: 'v1.1.15',
        dryRun: false,
        ...change,
      },
      this.deps,
    );
  }

  prepare(plan = this.plan) {
    return prepareChangeSet({ ...this.caller, plan }, this.deps, this.invocation());
  }

  ask(token = 'token-1') {
    const answerMachineArn =
      'arn:aws:states:us-east-1:000000000000:stateMachine:example-clickstream-answer';
    const gate = { gate: 'change-set', token, answerMachineArn };
    return askChangeSet({ ...this.caller, region: 'eu-west-1', ...gate }, this.deps);
  }

  execute(gated = true) {
    const payload = { ...this.caller, region: 'eu-west-1', gate: 'change-set', gated };
    return executeChangeSet(payload, this.deps, this.invocation().requestId);
  }

  follow(plan = this.plan, remainingMs?: number) {
    return followStack({ ...this.caller, plan }, this.deps, this.invocation(remainingMs));
  }

  latest() {
    return latestAttempt(this.ledger, this.caller, 'console');
  }

  /** A person approves what the gate shows now. */
  async approve(): Promise<void> {
    const key = gateKey(this.runId, 'change-set');
    await this.ledger.put(key, {
      name: 'change-set',
      token: 'token-1',
      ...(await this.ledger.get(key)),
      hash: approvedHash(approvalOf((await this.latest())!.hash!)),
      answer: 'approve',
      by: 'a person',
      answeredBy: 'an execution',
    });
  }

  /** Approved and executed. */
  async started(): Promise<this> {
    await this.prepare();
    await this.approve();
    await this.execute();
    return this;
  }
}

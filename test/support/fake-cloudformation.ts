// CloudFormation with one stack, as a state machine of its own: statuses change with the clock, and
// every call can be broken before or after it took effect.

import type { Change, StackEvent } from '@aws-sdk/client-cloudformation';
import type { FakeClock } from './fake-warehouse';

/** A template at an address. */
export interface FakeTemplate {
  readonly description: string;
  readonly parameters: Readonly<Record<string, { default?: string; allowed?: string[] }>>;
  readonly changes?: readonly Change[];
}

interface FakeChangeSet {
  readonly name: string;
  readonly url: string;
  readonly role: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly readyAt: number;
  /** Why it fails when it is ready; undefined: it succeeds. */
  readonly failure: string | undefined;
  execution: 'NOT_YET' | 'EXECUTE_IN_PROGRESS' | 'EXECUTE_COMPLETE' | 'EXECUTE_FAILED' | 'OBSOLETE';
}

/** Members of the calls' inputs this fake reads. */
interface Input {
  readonly ChangeSetName?: string;
  readonly TemplateURL?: string;
  readonly RoleARN?: string;
  readonly ClientRequestToken?: string;
  readonly NextToken?: string;
  readonly StackName?: string;
  readonly Parameters?: readonly { ParameterKey: string; ParameterValue?: string }[];
}

/** A step of an update: after so many seconds this status, or this resource event. */
interface Stage {
  readonly at: number;
  readonly status: string;
  readonly resource?: { id: string; type: string; reason: string };
}

export class AwsFault extends Error {
  constructor(name: string, message = name) {
    super(message);
    this.name = name;
  }
}

export const STACK_ID =
  'arn:aws:cloudformation:eu-west-1:000000000000:stack/clickstream-console/51af3dc0-da77-11e4-872e-1234567db123';

export class FakeCloudFormation {
  status = 'CREATE_COMPLETE';
  description: string;
  parameters: Record<string, string>;
  roleArn: string | undefined;
  stackId = STACK_ID;
  exists = true;
  /** Calls by name, in order. */
  readonly calls: string[] = [];
  readonly changeSets = new Map<string, FakeChangeSet>();
  readonly events: StackEvent[] = [];
  /** Inputs of CreateChangeSet, in order. */
  readonly created: Input[] = [];
  /** Updates that really began. */
  updates = 0;
  /** Makes the next change set fail with this reason. */
  failNext: string | undefined;
  /** Makes the next update roll back, because of this resource. */
  rollBackNext: { id: string; type: string; reason: string; stuck?: boolean } | undefined;
  /** Called before and after each call; may throw. */
  before: (call: string) => void = () => undefined;
  after: (call: string) => void = () => undefined;
  private stages: Stage[] = [];

  constructor(
    readonly clock: FakeClock,
    readonly templates: Record<string, FakeTemplate>,
    deployed: string,
    values: Record<string, string>,
  ) {
    this.description = templates[deployed]!.description;
    this.parameters = values;
  }

  readonly client = {
    send: async (command: { constructor: { name: string }; input: Input }) => {
      const call = command.constructor.name.replace('Command', '');
      this.calls.push(call);
      this.before(call);
      this.progress();
      const answer = this.answer(call, command.input);
      this.after(call);
      return answer;
    },
  };

  count(call: string): number {
    return this.calls.filter((name) => name === call).length;
  }

  /** Somebody else starts an update, which makes other change sets obsolete. */
  updateByOthers(
    url: string,
    seconds: number,
    by: { token?: string } = { token: 'somebody-else' },
  ) {
    this.progress();
    for (const set of this.changeSets.values()) set.execution = 'OBSOLETE';
    this.begin(by.token, url, {}, seconds);
  }

  private answer(call: string, input: Input): unknown {
    switch (call) {
      case 'DescribeStacks':
        return this.describeStacks(input);
      case 'GetTemplateSummary':
        return this.summary(input);
      case 'CreateChangeSet':
        return this.create(input);
      case 'DescribeChangeSet':
        return this.describe(input);
      case 'ExecuteChangeSet':
        return this.execute(input);
      case 'DeleteChangeSet':
        this.changeSets.delete(input.ChangeSetName!);
        return {};
      case 'DescribeStackEvents': {
        const newest = [...this.events].reverse();
        const from = Number(input.NextToken ?? 0);
        return {
          StackEvents: newest.slice(from, from + 3),
          NextToken: from + 3 < newest.length ? String(from + 3) : undefined,
        };
      }
      default:
        throw new Error(`the fake does not know ${call}`);
    }
  }

  private describeStacks({ StackName }: { StackName?: string }) {
    if (!this.exists) {
      throw new AwsFault('ValidationError', `Stack with id ${StackName} does not exist`);
    }
    return {
      Stacks: [
        {
          StackId: this.stackId,
          StackName,
          StackStatus: this.status,
          Description: this.description,
          RoleARN: this.roleArn,
          Parameters: Object.entries(this.parameters).map(([ParameterKey, ParameterValue]) => ({
            ParameterKey,
            ParameterValue,
          })),
        },
      ],
    };
  }

  private summary({ TemplateURL }: { TemplateURL?: string }) {
    const template = this.templates[TemplateURL!];
    if (!template) throw new AwsFault('ValidationError', `S3 error: Access Denied`);
    return {
      Description: template.description,
      Parameters: Object.entries(template.parameters).map(([ParameterKey, p]) => ({
        ParameterKey,
        DefaultValue: p.default,
        ParameterConstraints: { AllowedValues: p.allowed },
      })),
    };
  }

  private create(input: Input) {
    const name = input.ChangeSetName!;
    if (this.changeSets.has(name)) throw new AwsFault('AlreadyExistsException');
    if (/IN_PROGRESS$|UPDATE_ROLLBACK_FAILED/.test(this.status)) {
      throw new AwsFault(
        'ValidationError',
        `Stack is in ${this.status} state and can not be updated.`,
      );
    }
    const url = input.TemplateURL!;
    const template = this.templates[url];
    if (!template) throw new AwsFault('ValidationError', 'S3 error: Access Denied');
    const given = input.Parameters!;
    const values = Object.fromEntries(
      Object.entries(template.parameters).map(([key, { default: fallback }]) => {
        const parameter = given.find(({ ParameterKey }) => ParameterKey === key);
        const kept = parameter ? (parameter.ParameterValue ?? this.parameters[key]) : fallback;
        if (kept === undefined)
          throw new AwsFault('ValidationError', `Parameters: [${key}] must have values`);
        return [key, kept];
      }),
    );
    const same =
      template.description === this.description &&
      JSON.stringify(values) === JSON.stringify(this.parameters);
    this.created.push(input);
    this.changeSets.set(name, {
      name,
      url,
      role: input.RoleARN,
      parameters: values,
      readyAt: this.clock.now() + 20_000,
      failure:
        this.failNext ??
        (same
          ? "The submitted information didn't contain changes. Submit different information to create a change set."
          : undefined),
      execution: 'NOT_YET',
    });
    this.failNext = undefined;
    return { Id: `arn:change-set/${name}` };
  }

  private describe(input: Input) {
    const set = this.changeSets.get(input.ChangeSetName!);
    if (!set) throw new AwsFault('ChangeSetNotFoundException', 'ChangeSet does not exist');
    const changes = this.templates[set.url]!.changes ?? [];
    const ready = this.clock.now() >= set.readyAt;
    const status = !ready ? 'CREATE_IN_PROGRESS' : set.failure ? 'FAILED' : 'CREATE_COMPLETE';
    const available = status === 'CREATE_COMPLETE' ? 'AVAILABLE' : 'UNAVAILABLE';
    const from = Number(input.NextToken ?? 0);
    return {
      Status: status,
      ExecutionStatus: set.execution === 'NOT_YET' ? available : set.execution,
      StatusReason: ready ? set.failure : undefined,
      Changes: changes.slice(from, from + 1),
      NextToken: from + 1 < changes.length ? String(from + 1) : undefined,
    };
  }

  private execute(input: Input) {
    const set = this.changeSets.get(input.ChangeSetName!);
    if (!set) throw new AwsFault('ChangeSetNotFoundException', 'ChangeSet does not exist');
    if (set.execution !== 'NOT_YET') {
      throw new AwsFault('InvalidChangeSetStatusException', `ChangeSet is in ${set.execution}`);
    }
    if (/IN_PROGRESS$/.test(this.status)) {
      throw new AwsFault(
        'ValidationError',
        `Stack is in ${this.status} state and can not be updated.`,
      );
    }
    for (const name of this.changeSets.keys()) if (name !== set.name) this.changeSets.delete(name);
    set.execution = 'EXECUTE_IN_PROGRESS';
    this.begin(input.ClientRequestToken, set.url, set.parameters, 90);
    return {};
  }

  private begin(
    token: string | undefined,
    url: string,
    values: Record<string, string>,
    seconds: number,
  ): void {
    this.updates += 1;
    const fault = this.rollBackNext;
    this.rollBackNext = undefined;
    const cancelled = {
      id: 'Api',
      type: 'AWS::ApiGateway::RestApi',
      reason: 'Resource update cancelled',
    };
    const t = this.clock.now();
    const stages: Stage[] = fault
      ? [
          { at: 0, status: 'UPDATE_IN_PROGRESS' },
          { at: seconds / 3, status: 'UPDATE_FAILED', resource: cancelled },
          { at: seconds / 3, status: 'UPDATE_FAILED', resource: fault },
          { at: seconds / 3, status: 'UPDATE_ROLLBACK_IN_PROGRESS' },
          {
            at: seconds,
            status: fault.stuck
              ? 'UPDATE_ROLLBACK_FAILED'
              : 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
          },
          ...(fault.stuck ? [] : [{ at: seconds + 30, status: 'UPDATE_ROLLBACK_COMPLETE' }]),
        ]
      : [
          { at: 0, status: 'UPDATE_IN_PROGRESS' },
          { at: seconds, status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' },
          { at: seconds + 30, status: 'UPDATE_COMPLETE' },
        ];
    this.stages = stages.map((stage) => ({ ...stage, at: t + stage.at * 1000 }));
    this.pending = { token, url, values };
    this.progress();
  }

  private pending:
    | { token: string | undefined; url: string; values: Record<string, string> }
    | undefined;

  private progress(): void {
    const due = this.stages.filter(({ at }) => at <= this.clock.now());
    this.stages = this.stages.filter(({ at }) => at > this.clock.now());
    for (const { at, status, resource } of due) {
      const { token, url, values } = this.pending!;
      this.events.push({
        StackId: this.stackId,
        EventId: String(this.events.length),
        StackName: 'clickstream-console',
        Timestamp: new Date(at),
        ClientRequestToken: token,
        ResourceStatus: status as never,
        LogicalResourceId: resource?.id ?? 'clickstream-console',
        PhysicalResourceId: resource ? `physical-${resource.id}` : this.stackId,
        ResourceType: resource?.type ?? 'AWS::CloudFormation::Stack',
        ResourceStatusReason: resource?.reason,
      });
      if (resource) continue;
      this.status = status;
      if (status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') {
        this.description = this.templates[url]!.description;
        this.parameters = { ...this.parameters, ...values };
        this.end('EXECUTE_COMPLETE');
      }
      if (status.startsWith('UPDATE_ROLLBACK')) this.end('EXECUTE_FAILED');
    }
  }

  private end(execution: FakeChangeSet['execution']): void {
    for (const set of this.changeSets.values()) {
      if (set.execution === 'EXECUTE_IN_PROGRESS') set.execution = execution;
    }
  }
}

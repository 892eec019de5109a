// CloudFormation for stacks that exist beside ours: change sets, updates that take their time, and
// rollbacks that a scenario asks for. Templates are known by address; nothing is provisioned.

import { randomUUID } from 'node:crypto';
import { type Clock, type Service, ServiceError, type ServiceRequest } from '../types';

/** Something that goes wrong so often. */
interface Mishap {
  readonly reason: string;
  readonly times: number;
}

/** A template of the scenario. */
export interface TemplateData {
  readonly description: string;
  readonly parameters?: Readonly<
    Record<string, { default?: string; type?: string; allowedValues?: readonly string[] }>
  >;
  readonly capabilities?: readonly string[];
  /** `ResourceChange`s of an update to this template. */
  readonly changes?: readonly Readonly<Record<string, unknown>>[];
  /** Change sets with this template fail. */
  readonly changeSetFails?: Mishap;
  /** Updates to this template roll back because of a resource. */
  readonly rollsBack?: Mishap & { readonly resource: string; readonly type: string };
}

/** Key `cloudformation` of `cloud.json`. */
export interface CloudFormationData {
  readonly stacks: readonly {
    readonly name: string;
    readonly region?: string;
    readonly description: string;
    readonly roleArn?: string;
    readonly parameters?: Readonly<Record<string, string>>;
  }[];
  /** By address. */
  readonly templates: Readonly<Record<string, TemplateData>>;
  /** How long things take. */
  readonly seconds?: { changeSet?: number; update?: number; cleanup?: number };
}

interface ChangeSet {
  readonly name: string;
  readonly token: string | undefined;
  readonly url: string;
  readonly values: Readonly<Record<string, string>>;
  readonly roleArn: string | undefined;
  readonly readyAt: number;
  readonly failure: string | undefined;
  execution: string;
}

/** A status the stack takes at an instant, or a resource that fails then. */
interface Step {
  readonly at: number;
  readonly status: string;
  readonly failed?: { readonly resource: string; readonly type: string; readonly reason: string };
}

interface Stack {
  readonly name: string;
  readonly arn: string;
  status: string;
  description: string;
  roleArn: string | undefined;
  values: Readonly<Record<string, string>>;
  readonly sets: Map<string, ChangeSet>;
  readonly events: Record<string, unknown>[];
  steps: readonly Step[];
  /** Token of the update that runs or ran last. */
  token?: string;
}

type Input = Readonly<Record<string, string | undefined>>;

const refuse = (message: string, code = 'ValidationError') => new ServiceError(code, message);
const listOf = (value: unknown) => (Array.isArray(value) ? value : []);
const sorted = (values: object) => JSON.stringify(Object.entries(values).sort());
const EMPTY =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** The stand-in; see the head of the file. */
export class CloudFormationService implements Service {
  readonly target = 'cloudformation';
  readonly protocol = 'query';
  private readonly stacks: readonly Stack[];
  private readonly struck = new Map<Mishap, number>();

  constructor(
    private readonly clock: Clock,
    /** ARN by region (undefined: ours) and resource. */
    private readonly arn: (region: string | undefined, resource: string) => string,
    /** Throws when CloudFormation may not work with a role for a stack. */
    private readonly assume: (roleArn: string, stackArn: string) => void,
    private readonly data: CloudFormationData,
  ) {
    this.stacks = data.stacks.map(({ name, region, description, roleArn, parameters }) => ({
      name,
      arn: arn(region, `stack/${name}/${randomUUID()}`),
      status: 'CREATE_COMPLETE',
      description,
      roleArn,
      values: { ...parameters },
      sets: new Map(),
      events: [],
      steps: [],
    }));
  }

  /** Each stack as it stands, its change sets, and what became of it, oldest first. */
  look(): readonly (Pick<Stack, 'name' | 'status' | 'description' | 'roleArn' | 'values'> & {
    readonly changeSets: readonly string[];
    readonly history: readonly unknown[];
  })[] {
    return this.stacks.map((stack) => {
      this.advance(stack);
      const { name, status, description, roleArn, values, sets, events } = stack;
      const history = events.map(({ ResourceStatus }) => ResourceStatus);
      return { name, status, description, roleArn, values, changeSets: [...sets.keys()], history };
    });
  }

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    const input = request.input as Input;
    const context = Object.fromEntries(
      ['ChangeSetName', 'TemplateURL', 'RoleARN'].flatMap((key) => {
        const name = key.replace('URL', 'Url').replace('ARN', 'Arn');
        return input[key] === undefined ? [] : [[`cloudformation:${name}`, input[key]]];
      }),
    );
    const action = `cloudformation:${request.operation}`;
    if (request.operation === 'GetTemplateSummary' && input.TemplateURL) {
      request.authorize(action, '*', context);
      return summaryOf(this.readTemplate(input.TemplateURL, request));
    }
    const name = input.StackName ?? '';
    const stack = this.stacks.find((one) => one.name === name || one.arn === name);
    request.authorize(action, stack?.arn ?? this.arn(undefined, `stack/${name}/none`), context);
    if (!stack) throw refuse(`Stack with id ${name} does not exist`);
    this.advance(stack);
    switch (request.operation) {
      case 'DescribeStacks':
        return { Stacks: [describe(stack)] };
      case 'DescribeStackEvents':
        return { StackEvents: [...stack.events].reverse() };
      case 'CreateChangeSet':
        return this.create(stack, input, request);
      case 'DescribeChangeSet':
        return this.describeSet(stack, setOf(stack, input));
      case 'ExecuteChangeSet':
        return this.execute(stack, setOf(stack, input), input.ClientRequestToken ?? '');
      case 'DeleteChangeSet':
        stack.sets.delete(input.ChangeSetName ?? '');
        return {};
      default:
        throw refuse(`CloudFormation ${request.operation} is not rehearsed`, 'InvalidAction');
    }
  }

  private template(url: string): TemplateData {
    const template = this.data.templates[url];
    if (!template) throw refuse('S3 error: Access Denied');
    return template;
  }

  /** Template of an address that is given in a call: S3 is asked with the caller's rights. */
  private readTemplate(url: string, request: ServiceRequest): TemplateData {
    const [, bucket, key] = /^https:\/\/(.+?)\.s3[^/]*\/(.+)$/.exec(url) ?? [];
    const [, partition] = this.arn(undefined, '').split(':');
    try {
      if (bucket) request.authorize('s3:GetObject', `arn:${partition}:s3:::${bucket}/${key}`);
    } catch {
      throw refuse('S3 error: Access Denied');
    }
    return this.template(url);
  }

  private create(stack: Stack, input: Input, request: ServiceRequest) {
    const { ChangeSetName: name = '', ClientToken: token, TemplateURL: url = '', RoleARN } = input;
    if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) throw refuse('Invalid ChangeSetName');
    if (RoleARN) {
      const context = { 'iam:PassedToService': 'cloudformation.amazonaws.com' };
      request.authorize('iam:PassRole', RoleARN, context);
      try {
        this.assume(RoleARN, stack.arn);
      } catch {
        throw refuse(`Role ${RoleARN} is invalid or cannot be assumed`);
      }
    }
    const answer = { Id: this.arn(undefined, `changeSet/${name}/1`), StackId: stack.arn };
    const known = stack.sets.get(name);
    if (known && known.token === token) return answer;
    if (known) throw refuse(`ChangeSet ${name} already exists`, 'AlreadyExistsException');
    refuseBusy(stack);
    const template = this.readTemplate(url, request);
    const given = listOf(input.Capabilities);
    const missing = (template.capabilities ?? []).filter((one) => !given.includes(one));
    if (missing.length > 0) {
      const message = `Requires capabilities : [${missing.join(', ')}]`;
      throw refuse(message, 'InsufficientCapabilitiesException');
    }
    const values = valuesOf(stack, template, listOf(input.Parameters));
    const same =
      template.description === stack.description && sorted(values) === sorted(stack.values);
    const failure = this.strikes(template.changeSetFails)?.reason ?? (same ? EMPTY : undefined);
    const readyAt = this.clock.now() + (this.data.seconds?.changeSet ?? 20) * 1000;
    const rest = { token, url, values, roleArn: RoleARN, readyAt, failure };
    stack.sets.set(name, { name, ...rest, execution: 'AVAILABLE' });
    return answer;
  }

  private describeSet(stack: Stack, set: ChangeSet) {
    const ready = this.clock.now() >= set.readyAt;
    const good = ready && set.failure === undefined;
    const changes = good ? (this.template(set.url).changes ?? []) : [];
    return {
      ChangeSetName: set.name,
      StackName: stack.name,
      Status: good ? 'CREATE_COMPLETE' : ready ? 'FAILED' : 'CREATE_IN_PROGRESS',
      StatusReason: ready ? set.failure : undefined,
      ExecutionStatus: good ? set.execution : 'UNAVAILABLE',
      Changes: changes.map((ResourceChange) => ({ Type: 'Resource', ResourceChange })),
    };
  }

  private execute(stack: Stack, set: ChangeSet, token: string) {
    if (token && stack.events.some((event) => event.ClientRequestToken === token)) {
      throw refuse(`Token ${token} was used`, 'TokenAlreadyExistsException');
    }
    if (set.failure || this.clock.now() < set.readyAt || set.execution !== 'AVAILABLE') {
      throw refuse(`ChangeSet [${set.name}] cannot be executed now`, 'InvalidChangeSetStatus');
    }
    refuseBusy(stack);
    for (const name of stack.sets.keys()) if (name !== set.name) stack.sets.delete(name);
    set.execution = 'EXECUTE_IN_PROGRESS';
    stack.roleArn = set.roleArn ?? stack.roleArn;
    stack.token = token;
    const { update = 180, cleanup = 20 } = this.data.seconds ?? {};
    const failed = this.failureOf(stack, this.template(set.url));
    const end = failed ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE';
    const neighbour = { resource: 'Neighbour', type: 'AWS::Lambda::Function' };
    const steps: Step[] = [
      { at: 0, status: 'UPDATE_IN_PROGRESS' },
      ...(failed
        ? [
            { at: update / 2, status: 'UPDATE_FAILED', failed },
            {
              at: update / 2,
              status: 'UPDATE_FAILED',
              failed: { ...neighbour, reason: 'Resource update cancelled' },
            },
            { at: update / 2, status: 'UPDATE_ROLLBACK_IN_PROGRESS' },
          ]
        : []),
      { at: update, status: `${end}_CLEANUP_IN_PROGRESS` },
      { at: update + cleanup, status: end },
    ];
    stack.steps = steps.map((step) => ({ ...step, at: this.clock.now() + step.at * 1000 }));
    this.advance(stack);
    return {};
  }

  private failureOf(stack: Stack, template: TemplateData): Step['failed'] {
    const scripted = this.strikes(template.rollsBack);
    if (scripted || stack.roleArn) return scripted;
    const { LogicalResourceId = 'Resource', ResourceType = 'unknown' } =
      template.changes?.[0] ?? {};
    const reason = 'not authorized: the stack has no service role, and the caller may not do this';
    return { resource: String(LogicalResourceId), type: String(ResourceType), reason };
  }

  /** Lets happen what is due. */
  private advance(stack: Stack): void {
    const due = stack.steps.filter(({ at }) => at <= this.clock.now());
    stack.steps = stack.steps.filter(({ at }) => at > this.clock.now());
    for (const { at, status, failed } of due) {
      stack.events.push(eventOf(stack, at, status, failed));
      if (failed) continue;
      stack.status = status;
      const set = [...stack.sets.values()].find((one) => one.execution === 'EXECUTE_IN_PROGRESS');
      if (!set || !status.endsWith('_COMPLETE_CLEANUP_IN_PROGRESS')) continue;
      const updated = status.startsWith('UPDATE_COMPLETE');
      set.execution = updated ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED';
      if (updated) stack.description = this.template(set.url).description;
      if (updated) stack.values = set.values;
    }
  }

  private strikes<M extends Mishap>(mishap: M | undefined): M | undefined {
    const before = mishap ? (this.struck.get(mishap) ?? 0) : 0;
    if (!mishap || before >= mishap.times) return undefined;
    this.struck.set(mishap, before + 1);
    return mishap;
  }
}

const describe = (stack: Stack) => ({
  StackId: stack.arn,
  StackName: stack.name,
  Description: stack.description,
  StackStatus: stack.status,
  RoleARN: stack.roleArn,
  CreationTime: new Date(0),
  Parameters: Object.entries(stack.values).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  })),
});

const summaryOf = ({ description, capabilities, parameters }: TemplateData) => ({
  Description: description,
  Capabilities: capabilities ?? [],
  Parameters: Object.entries(parameters ?? {}).map(([key, parameter]) => ({
    ParameterKey: key,
    DefaultValue: parameter.default,
    ParameterType: parameter.type ?? 'String',
    ParameterConstraints: { AllowedValues: parameter.allowedValues },
  })),
});

/** A parameter that is left out takes the template's default, not the stack's value. */
function valuesOf(stack: Stack, { parameters = {} }: TemplateData, given: readonly Input[]) {
  const unknown = given.find(({ ParameterKey = '' }) => !Object.hasOwn(parameters, ParameterKey));
  if (unknown) throw refuse(`Parameters: [${unknown.ParameterKey}] do not exist in the template`);
  const values = Object.entries(parameters).map(([key, { default: fallback }]) => {
    const parameter = given.find(({ ParameterKey }) => ParameterKey === key);
    const kept =
      parameter?.UsePreviousValue === 'true' ? stack.values[key] : parameter?.ParameterValue;
    const value = parameter ? kept : fallback;
    if (value === undefined) throw refuse(`Parameters: [${key}] must have values`);
    return [key, value] as const;
  });
  return Object.fromEntries(values);
}

function setOf(stack: Stack, { ChangeSetName = '' }: Input): ChangeSet {
  const set = stack.sets.get(ChangeSetName);
  if (!set) throw refuse(`ChangeSet [${ChangeSetName}] does not exist`, 'ChangeSetNotFound');
  return set;
}

function refuseBusy({ status, arn }: Stack): void {
  if (!status.endsWith('_IN_PROGRESS')) return;
  throw refuse(`Stack:${arn} is in ${status} state and can not be updated.`);
}

const eventOf = (stack: Stack, at: number, status: string, failed: Step['failed']) => ({
  StackId: stack.arn,
  EventId: randomUUID(),
  StackName: stack.name,
  LogicalResourceId: failed?.resource ?? stack.name,
  PhysicalResourceId: failed?.resource ?? stack.arn,
  ResourceType: failed?.type ?? 'AWS::CloudFormation::Stack',
  ResourceStatus: status,
  ResourceStatusReason: failed?.reason,
  ClientRequestToken: stack.token || undefined,
  Timestamp: new Date(at),
});

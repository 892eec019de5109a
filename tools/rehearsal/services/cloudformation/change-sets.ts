// Change sets: made in their time, executed once, obsolete when another one was executed.

import type { Clock, ServiceRequest } from '../../types';
import type { CloudFormationData, Mishap, StackWork, TemplateData } from './data';
import type { Stack } from './stack';
import { updateSteps } from './steps';
import { type Input, refuse, type Templates, valuesOf } from './templates';

/** A change set of a stack. */
export interface ChangeSet {
  readonly name: string;
  readonly token: string | undefined;
  readonly url: string;
  readonly values: Readonly<Record<string, string>>;
  readonly roleArn: string | undefined;
  readonly readyAt: number;
  readonly failure: string | undefined;
  execution: string;
}

const listOf = (value: unknown) => (Array.isArray(value) ? value : []);
const sorted = (values: object) => JSON.stringify(Object.entries(values).sort());
const EMPTY =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** The change sets of all stacks. */
export class ChangeSets {
  private readonly struck = new Map<Mishap, number>();

  constructor(
    private readonly clock: Clock,
    private readonly templates: Templates,
    /** Throws when CloudFormation may not work with a role for a stack. */
    private readonly assume: (roleArn: string, stackArn: string) => void,
    private readonly seconds: NonNullable<CloudFormationData['seconds']>,
  ) {}

  create(stack: Stack, input: Input, request: ServiceRequest) {
    const { ChangeSetName: name = '', ClientToken: token, TemplateURL: url = '', RoleARN } = input;
    if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) throw refuse('Invalid ChangeSetName');
    if (RoleARN) this.pass(RoleARN, stack, request);
    const id = stack.arn.replace(/stack\/.*/, `changeSet/${name}/1`);
    const answer = { Id: id, StackId: stack.arn };
    const known = stack.sets.get(name);
    if (known && known.token === token) return answer;
    if (known) throw refuse(`ChangeSet ${name} already exists`, 'AlreadyExistsException');
    stack.refuseBusy();
    const template = this.templates.read(url, request);
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
    const readyAt = this.clock.now() + (this.seconds.changeSet ?? 20) * 1000;
    const rest = { token, url, values, roleArn: RoleARN, readyAt, failure };
    stack.sets.set(name, { name, ...rest, execution: 'AVAILABLE' });
    return answer;
  }

  describe(stack: Stack, input: Input) {
    const set = setOf(stack, input);
    const ready = this.clock.now() >= set.readyAt;
    const good = ready && set.failure === undefined;
    const changes = good ? (this.templates.at(set.url).changes ?? []) : [];
    return {
      ChangeSetName: set.name,
      StackName: stack.name,
      Status: good ? 'CREATE_COMPLETE' : ready ? 'FAILED' : 'CREATE_IN_PROGRESS',
      StatusReason: ready ? set.failure : undefined,
      ExecutionStatus: good ? set.execution : 'UNAVAILABLE',
      Changes: changes.map((ResourceChange) => ({ Type: 'Resource', ResourceChange })),
    };
  }

  execute(stack: Stack, input: Input): Record<string, never> {
    const set = setOf(stack, input);
    const token = input.ClientRequestToken ?? '';
    if (token && stack.events.some((event) => event.ClientRequestToken === token)) {
      throw refuse(`Token ${token} was used`, 'TokenAlreadyExistsException');
    }
    if (set.failure || this.clock.now() < set.readyAt || set.execution !== 'AVAILABLE') {
      throw refuse(`ChangeSet [${set.name}] cannot be executed now`, 'InvalidChangeSetStatus');
    }
    stack.refuseBusy();
    for (const name of stack.sets.keys()) if (name !== set.name) stack.sets.delete(name);
    set.execution = 'EXECUTE_IN_PROGRESS';
    stack.roleArn = set.roleArn ?? stack.roleArn;
    stack.token = token;
    const template = this.templates.at(set.url);
    const { update: seconds = 180, cleanup = 20 } = this.seconds;
    const fails = this.failureOf(stack, template);
    const done = (good: boolean) => {
      set.execution = good ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED';
      if (good) stack.put({ description: template.description, parameters: set.values });
    };
    void stack.play(updateSteps({ seconds, cleanup, fails, done }));
    return {};
  }

  private pass(roleArn: string, stack: Stack, request: ServiceRequest): void {
    const context = { 'iam:PassedToService': 'cloudformation.amazonaws.com' };
    request.authorize('iam:PassRole', roleArn, context);
    try {
      this.assume(roleArn, stack.arn);
    } catch {
      throw refuse(`Role ${roleArn} is invalid or cannot be assumed`);
    }
  }

  private failureOf(stack: Stack, template: TemplateData): StackWork['fails'] {
    const scripted = this.strikes(template.rollsBack);
    if (scripted || stack.roleArn) return scripted;
    const { LogicalResourceId = 'Resource', ResourceType = 'unknown' } =
      template.changes?.[0] ?? {};
    const reason = 'not authorized: the stack has no service role, and the caller may not do this';
    return { resource: String(LogicalResourceId), type: String(ResourceType), reason };
  }

  private strikes<M extends Mishap>(mishap: M | undefined): M | undefined {
    const before = mishap ? (this.struck.get(mishap) ?? 0) : 0;
    if (!mishap || before >= mishap.times) return undefined;
    this.struck.set(mishap, before + 1);
    return mishap;
  }
}

function setOf(stack: Stack, { ChangeSetName = '' }: Input): ChangeSet {
  const set = stack.sets.get(ChangeSetName);
  if (!set) throw refuse(`ChangeSet [${ChangeSetName}] does not exist`, 'ChangeSetNotFound');
  return set;
}

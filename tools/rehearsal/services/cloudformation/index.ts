// CloudFormation for stacks that exist beside ours: change sets, updates that take their time, and
// rollbacks that a scenario asks for. Templates are known by address; nothing is provisioned. What
// else happens to stacks is told by who simulates it, with `begin` and `create`.

import { randomUUID } from 'node:crypto';
import type { Page } from '../../engine/paging';
import type { Clock, Service, ServiceRequest } from '../../types';
import { PageTokens } from '../page-tokens';
import { ChangeSets } from './change-sets';
import type { CloudFormationData, StackData, StackWork } from './data';
import { describeResource, describeStack, summaryOf } from './descriptions';
import { Stack } from './stack';
import { createSteps, updateSteps } from './steps';
import { type Input, refuse, Templates } from './templates';

export type * from './data';
export { generatedName } from './names';
export type { Resource, Stack } from './stack';

/** Most that an answer holds; of stacks AWS names no number, and a small one shows who reads on. */
const PAGE = { DescribeStacks: 10, ListStackResources: 100 } as const;

/** The stand-in; see the head of the file. */
export class CloudFormationService implements Service {
  readonly target = 'cloudformation';
  readonly protocol = 'query';
  private readonly roots: Stack[];
  private readonly templates: Templates;
  private readonly sets: ChangeSets;
  private readonly tokens: PageTokens;

  constructor(
    private readonly clock: Clock,
    /** ARN by region (undefined: ours) and resource. */
    private readonly arn: (region: string | undefined, resource: string) => string,
    /** Throws when CloudFormation may not work with a role for a stack. */
    assume: (roleArn: string, stackArn: string) => void,
    private readonly data: CloudFormationData,
  ) {
    this.templates = new Templates(arn(undefined, '').split(':')[1]!, data.templates ?? {});
    this.sets = new ChangeSets(clock, this.templates, assume, data.seconds ?? {});
    this.tokens = new PageTokens(clock, 'ValidationError');
    this.roots = data.stacks.map((stack) => this.made(stack));
  }

  /** Each stack as it stands, its change sets, and what became of it, oldest first. */
  look(): readonly (Pick<Stack, 'name' | 'status' | 'description' | 'roleArn' | 'values'> & {
    readonly changeSets: readonly string[];
    readonly history: readonly unknown[];
  })[] {
    return this.stacks().map(({ name, status, description, roleArn, values, sets, events }) => {
      const history = events.map(({ ResourceStatus }) => ResourceStatus);
      return { name, status, description, roleArn, values, changeSets: [...sets.keys()], history };
    });
  }

  /** All stacks, root stacks before those nested in them. */
  stacks(region?: string): readonly Stack[] {
    const all = this.roots.flatMap((root) => root.family);
    return region === undefined ? all : all.filter((stack) => stack.region === region);
  }

  /** A stack by its name or ARN. */
  find(name: string, region?: string): Stack | undefined {
    return this.stacks(region).find((stack) => stack.name === name || stack.arn === name);
  }

  /**
   * Begins an update of a stack, and of those nested in it; resolves with its last status. What is
   * not given of its contents stays; the new contents are in force when the update is complete.
   */
  begin(name: string, work: StackWork = {}): Promise<string> {
    const stack = this.find(name);
    if (!stack) throw refuse(`Stack with id ${name} does not exist`);
    stack.refuseBusy();
    stack.token = undefined;
    const done = (good: boolean) => good && stack.put(work);
    return stack.play(updateSteps({ ...this.course(work), done }));
  }

  /** Begins to create a stack; resolves with its last status. */
  create(
    name: string,
    { region, ...work }: StackWork & Pick<StackData, 'region'>,
  ): Promise<string> {
    const tags = work.tags;
    const stack = this.made({ name, region, tags });
    if (this.find(name, stack.region)) {
      throw refuse(`Stack [${name}] already exists`, 'AlreadyExistsException');
    }
    this.roots.push(stack);
    const done = (good: boolean) => good && stack.put(work, 'CREATE_COMPLETE');
    return stack.play(createSteps({ ...this.course(work), done }));
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
      return this.templates.summary(input.TemplateURL, request);
    }
    if (request.operation === 'DescribeStacks' && input.StackName === undefined) {
      // Who asks for all of them needs the right to see any of them.
      request.authorize(action, '*');
      const all = this.stacks(request.region);
      const { items, nextToken } = this.page(request, all, describeStack);
      return { Stacks: items, NextToken: nextToken };
    }
    const name = input.StackName ?? '';
    const stack = this.find(name, request.region);
    const unknown = this.arn(request.region, `stack/${name}/none`);
    request.authorize(action, stack?.arn ?? unknown, context);
    if (!stack) throw refuse(`Stack with id ${name} does not exist`);
    return this.about(stack, request);
  }

  private about(stack: Stack, request: ServiceRequest): Record<string, unknown> {
    const input = request.input as Input;
    switch (request.operation) {
      case 'DescribeStacks':
        return { Stacks: [describeStack(stack)] };
      case 'DescribeStackEvents':
        return { StackEvents: [...stack.events].reverse() };
      case 'ListStackResources': {
        const { items, nextToken } = this.page(request, stack.resources, summaryOf);
        return { StackResourceSummaries: items, NextToken: nextToken };
      }
      case 'DescribeStackResources': {
        const { LogicalResourceId: id } = input;
        const meant = stack.resources.filter(({ logicalId }) => !id || id === logicalId);
        // It has no pages: what is beyond is not told.
        return { StackResources: meant.slice(0, 100).map(describeResource(stack)) };
      }
      case 'CreateChangeSet':
        return this.sets.create(stack, input, request);
      case 'DescribeChangeSet':
        return this.sets.describe(stack, input);
      case 'ExecuteChangeSet':
        return this.sets.execute(stack, input);
      case 'DeleteChangeSet':
        stack.sets.delete(input.ChangeSetName ?? '');
        return {};
      default:
        throw refuse(`CloudFormation ${request.operation} is not rehearsed`, 'InvalidAction');
    }
  }

  private page<Source, Item>(
    { operation, input }: ServiceRequest,
    all: readonly Source[],
    describe: (source: Source) => Item,
  ): Page<Item> {
    const { NextToken: nextToken, ...rest } = input as Input;
    const maxResults = PAGE[operation as keyof typeof PAGE];
    return this.tokens.of(operation, { ...rest, nextToken, maxResults }, all, describe);
  }

  private course({ seconds, fails }: StackWork) {
    const { update = 180, cleanup = 20 } = this.data.seconds ?? {};
    return { seconds: seconds ?? update, cleanup, fails };
  }

  private made({ name, region, roleArn, status, ...contents }: StackData): Stack {
    const arn = this.arn(region, `stack/${name}/${randomUUID()}`);
    const stack = new Stack(this.clock, name, arn, contents, status);
    stack.roleArn = roleArn;
    return stack;
  }
}

// The stacks of the assembly as CloudFormation tells of them: an operator's tools find a ledger, a bucket or a
// machine by its logical id, and compare a template with the next one. Nothing changes them here. What is asked
// about other stacks is answered by whoever knows those.

import { type Clock, type Service, ServiceError, type ServiceRequest } from '../../types';
import { PageTokens } from '../page-tokens';

/** What is told of a stack that was deployed. */
export interface DeployedStack {
  readonly name: string;
  readonly arn: string;
  readonly template: unknown;
  readonly resources: readonly {
    readonly logicalId: string;
    readonly type: string;
    readonly physicalId: string;
  }[];
}

/** Most that a page of resources holds. */
const PAGE = 100;

/** The CloudFormation API in front of our stacks. */
export class DeployedStacks implements Service {
  readonly target = 'cloudformation';
  readonly protocol = 'query';
  private readonly stacks: DeployedStack[] = [];
  private readonly tokens: PageTokens;

  constructor(
    clock: Clock,
    /** ARN of a stack that does not exist, for who asks about it. */
    private readonly unknown: (region: string, name: string) => string,
    private readonly others: Service | undefined,
  ) {
    this.tokens = new PageTokens(clock, 'ValidationError');
  }

  add(stack: DeployedStack): void {
    this.stacks.push(stack);
  }

  async call(request: ServiceRequest): Promise<Record<string, unknown>> {
    const name = String(request.input.StackName ?? '');
    const stack = this.stacks.find((one) => one.name === name || one.arn === name);
    if (stack) return this.about(stack, request);
    if (this.others) return this.others.call(request);
    const action = `cloudformation:${request.operation}`;
    request.authorize(action, name ? this.unknown(request.region, name) : '*');
    if (name === '' && request.operation === 'DescribeStacks') return { Stacks: [] };
    throw new ServiceError('ValidationError', `Stack with id ${name} does not exist`);
  }

  private about(stack: DeployedStack, request: ServiceRequest): Record<string, unknown> {
    const { operation, input } = request;
    request.authorize(`cloudformation:${operation}`, stack.arn);
    if (operation === 'GetTemplate') {
      const TemplateBody = JSON.stringify(stack.template);
      return { TemplateBody, StagesAvailable: ['Original', 'Processed'] };
    }
    if (operation === 'ListStackResources') {
      const nextToken = input.NextToken as string | undefined;
      const of = { StackName: stack.name, nextToken, maxResults: PAGE };
      const { items, nextToken: next } = this.tokens.of(operation, of, stack.resources, summaryOf);
      return { StackResourceSummaries: items, NextToken: next };
    }
    const message = `CloudFormation ${operation} of a stack of the assembly is not rehearsed`;
    throw new ServiceError('InvalidAction', message);
  }
}

const summaryOf = ({ logicalId, type, physicalId }: DeployedStack['resources'][number]) => ({
  LogicalResourceId: logicalId,
  PhysicalResourceId: physicalId,
  ResourceType: type,
  ResourceStatus: 'CREATE_COMPLETE',
});

// Stacks of the assembly, as an operator's tools ask CloudFormation about them.

import { DeployedStacks } from '../../rehearsal/services/cloudformation/deployed';
import type { Clock, Service, ServiceRequest } from '../../rehearsal/types';

const ARN = 'arn:aws:cloudformation:us-east-1:000000000000:stack/example-demo/rehearsal';
const resources = Array.from({ length: 130 }, (_, i) => ({
  logicalId: `Log${i}`,
  type: 'AWS::Logs::LogGroup',
  physicalId: `log-${i}`,
}));
const asked: [string, string][] = [];

function ask(stacks: Service, operation: string, input: Record<string, unknown>) {
  const authorize = (action: string, resource: string) => void asked.push([action, resource]);
  const request = { operation, input, region: 'us-east-1', authorize };
  return stacks.call(request as unknown as ServiceRequest);
}

function deployed(others?: Service): DeployedStacks {
  const clock = { now: () => 0 } as Clock;
  const stacks = new DeployedStacks(clock, (region, name) => `none:${region}:${name}`, others);
  stacks.add({ name: 'example-demo', arn: ARN, template: { Resources: {} }, resources });
  return stacks;
}

beforeEach(() => {
  asked.length = 0;
});

it('lists what is in a stack, in pages of a hundred', async () => {
  const stacks = deployed();
  const first = await ask(stacks, 'ListStackResources', { StackName: 'example-demo' });
  const NextToken = first.NextToken;
  const rest = await ask(stacks, 'ListStackResources', { StackName: 'example-demo', NextToken });
  const all = [first, rest].flatMap((page) => page.StackResourceSummaries as object[]);
  expect(all).toHaveLength(130);
  expect(all[129]).toMatchObject({ LogicalResourceId: 'Log129', PhysicalResourceId: 'log-129' });
  expect(asked[0]).toEqual(['cloudformation:ListStackResources', ARN]);
});

it('gives a stack’s template, by name or ARN', async () => {
  const answer = await ask(deployed(), 'GetTemplate', { StackName: ARN });
  expect(JSON.parse(String(answer.TemplateBody))).toEqual({ Resources: {} });
});

it('leaves other stacks to who knows them', async () => {
  const others = { call: async () => ({ Stacks: ['theirs'] }) } as unknown as Service;
  expect(await ask(deployed(others), 'DescribeStacks', { StackName: 'x' })).toEqual({
    Stacks: ['theirs'],
  });
});

it('knows no other stack by itself, once the right to ask is there', async () => {
  await expect(ask(deployed(), 'ListStackResources', { StackName: 'x' })).rejects.toThrow(
    'Stack with id x does not exist',
  );
  expect(asked).toEqual([['cloudformation:ListStackResources', 'none:us-east-1:x']]);
});

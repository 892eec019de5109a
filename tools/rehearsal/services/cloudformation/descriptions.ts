// What CloudFormation tells of stacks, resources and events.

import { randomUUID } from 'node:crypto';
import type { Resource, Stack } from './stack';
import type { Step } from './steps';

const pairs = <Key extends string, Value extends string>(
  values: Readonly<Record<string, string>>,
  key: Key,
  value: Value,
) => Object.entries(values).map(([name, text]) => ({ [key]: name, [value]: text }));

const rootOf = (stack: Stack): Stack => (stack.parent ? rootOf(stack.parent) : stack);

export const describeStack = (stack: Stack) => ({
  StackId: stack.arn,
  StackName: stack.name,
  Description: stack.description,
  StackStatus: stack.status,
  RoleARN: stack.roleArn,
  CreationTime: new Date(stack.created),
  ParentId: stack.parent?.arn,
  RootId: stack.parent && rootOf(stack).arn,
  Parameters: pairs(stack.values, 'ParameterKey', 'ParameterValue'),
  Outputs: pairs(stack.outputs, 'OutputKey', 'OutputValue'),
  Tags: pairs(stack.tags, 'Key', 'Value'),
});

const resourceOf = ({ logicalId, physicalId, type, status }: Resource) => ({
  LogicalResourceId: logicalId,
  PhysicalResourceId: physicalId,
  ResourceType: type,
  ResourceStatus: status,
});

/** As ListStackResources has them. */
export const summaryOf = (resource: Resource) => ({
  ...resourceOf(resource),
  LastUpdatedTimestamp: new Date(resource.at),
});

/** As DescribeStackResources has them. */
export const describeResource = (stack: Stack) => (resource: Resource) => ({
  StackId: stack.arn,
  StackName: stack.name,
  ...resourceOf(resource),
  Timestamp: new Date(resource.at),
});

export const eventOf = (stack: Stack, at: number, status: string, failed: Step['failed']) => ({
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

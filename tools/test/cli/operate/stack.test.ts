// The stack of a machine, found by its name with the rights of an operator of that stack.

import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DeployedStack, stackOf } from '../../../cli/operate/stack';

const arn = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;
const MACHINE = 'AWS::StepFunctions::StateMachine';

/** An account with one stack; asking about others is refused. */
function account(stack: string, machines: readonly string[]) {
  const asked: string[] = [];
  const send = async ({ input }: { input: { StackName: string } }) => {
    asked.push(input.StackName);
    if (input.StackName !== stack) {
      throw Object.assign(new Error(`not authorized for ${input.StackName}`), {
        name: 'AccessDenied',
      });
    }
    const summaries = machines.map((name) => {
      return { LogicalResourceId: name, ResourceType: MACHINE, PhysicalResourceId: arn(name) };
    });
    return { StackResourceSummaries: summaries };
  };
  return { client: { send } as unknown as CloudFormationClient, asked };
}

it('tries shorter and shorter beginnings of the name', async () => {
  const { client, asked } = account('prod-clickstream', ['prod-clickstream-data-migration']);
  const found = await stackOf(client, 'prod-clickstream-data-migration', undefined);
  expect(found.name).toBe('prod-clickstream');
  expect(asked).toEqual(['prod-clickstream-data', 'prod-clickstream']);
});

it('passes a stack by that does not have the machine, and says in the end what it tried', async () => {
  const { client } = account('prod', ['prod-other']);
  await expect(stackOf(client, 'prod-demo-run', undefined)).rejects.toThrow(
    /stack of machine prod-demo-run was not found \(tried prod-demo, prod\).*--stack.*not authorized for prod-demo/,
  );
});

it('asks about the stack that is named, and no other', async () => {
  const { client, asked } = account('special', ['prod-demo-run']);
  expect((await stackOf(client, 'prod-demo-run', 'special')).machines).toEqual([
    arn('prod-demo-run'),
  ]);
  expect(asked).toEqual(['special']);
});

it('hears of keys that expired instead of a stack that is not there', async () => {
  const send = () => Promise.reject(Object.assign(new Error('expired'), { name: 'ExpiredToken' }));
  const client = { send } as unknown as CloudFormationClient;
  await expect(stackOf(client, 'prod-demo', undefined)).rejects.toThrow('expired');
});

it('finds a machine by the end of its name, and says what a stack without a ledger is not', () => {
  const resources = ['a-run', 'a-answer'].map((name) => ({
    logicalId: name,
    type: MACHINE,
    physicalId: arn(name),
  }));
  const stack = new DeployedStack('a', resources);
  expect(stack.machineArn('run')).toBe(arn('a-run'));
  expect(() => stack.machineArn('walk')).toThrow(
    'there is no machine walk; known are a-run, a-answer',
  );
  expect(() => stack.ledgerTable).toThrow('is it a runbook’s stack?'.replace('’', "'"));
});

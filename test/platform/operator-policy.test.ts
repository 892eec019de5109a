import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MachineArns } from '../../lib/platform/execution-arns';
import { OperatorPolicy } from '../../lib/platform/operator-policy';

it('lets an operator go on with an answer or a release that failed, and stop it', () => {
  const stack = new Stack(new App(), 'example');
  OperatorPolicy.of(stack).addHelper(new MachineArns(stack, 'example-answer'));
  const [policy] = Object.values(
    Template.fromStack(stack).findResources('AWS::IAM::ManagedPolicy'),
  );
  const statements = policy!.Properties.PolicyDocument.Statement as { Action: string[] }[];
  const found = statements.filter((one) => JSON.stringify(one).includes(':example-answer:*'));
  expect(found.flatMap(({ Action }) => Action)).toEqual([
    'states:DescribeExecution',
    'states:GetExecutionHistory',
    'states:RedriveExecution',
    'states:StopExecution',
  ]);
});

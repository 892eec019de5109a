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
    'states:ListMapRuns',
    'states:DescribeStateMachineForExecution',
    'states:RedriveExecution',
    'states:StopExecution',
  ]);
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MOST = 6_144;

it('stays within the size of a managed policy, with the longest name of a target and six runbooks', () => {
  const name = `${'t'.repeat(30)}-clickstream`;
  const stack = new Stack(new App({ postCliContext: MINIMIZED }), name, {
    env: { account: '0'.repeat(12), region: 'ap-southeast-1' },
  });
  const policy = OperatorPolicy.of(stack);
  for (const one of ['answer', 'release']) policy.addHelper(arns(stack, one));
  for (const one of RUNBOOKS) policy.addRunbook(arns(stack, one));
  const [found] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::ManagedPolicy'));
  expect(lengthOf(found!.Properties.PolicyDocument)).toBeLessThan(MOST);
});

const MINIMIZED = { '@aws-cdk/aws-iam:minimizePolicies': true };
const RUNBOOKS = [
  ...['upgrade', 'console-update', 'pipeline-upgrade'],
  ...['ingestion-refresh', 'data-migration', 'legacy-cleanup'],
];
const arns = (stack: Stack, machine: string) =>
  new MachineArns(stack, `${stack.stackName}-${machine}`);

/** Characters once names are generated; those of a table, bucket and stack are 255, 63 and 128 + 37 at most. */
function lengthOf(document: unknown): number {
  const text = JSON.stringify(document, (_, value) => {
    if (typeof value !== 'object' || value === null) return value;
    if (value.Ref === 'AWS::Partition') return 'aws-us-gov';
    if (value.Ref === 'AWS::StackId') return 'x'.repeat(240);
    if (value['Fn::GetAtt']) return 'x'.repeat(310);
    return value['Fn::Join'] ? value['Fn::Join'][1].flat() : value;
  });
  return text.length;
}

import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Platform, pascalCase } from '../../lib/platform/platform';
import { TASK_RIGHTS } from '../../lib/platform/task-rights';

const newStack = () =>
  new Stack(new App(), 'example', { env: { account: '000000000000', region: 'us-east-1' } });

/** Actions of a task's role, without those on its log group. */
function actionsOf(template: Template, task: string): string[] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
  const own = policies.filter(([id]) => id.startsWith(`Platform${pascalCase(task)}ServiceRole`));
  return own
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }: { Action: string | string[] }) => Action)
    .filter((action) => !action.startsWith('logs:'))
    .sort();
}

describe('the platform of a stack', () => {
  const stack = newStack();
  const platform = Platform.of(stack);
  const template = Template.fromStack(stack);

  it('is there once, whoever asks', () => {
    expect(Platform.of(platform.ledger)).toBe(platform);
  });

  it('has a ledger on demand, that can be restored and outlives the stack', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      },
    });
  });

  it('has a private report bucket that refuses plain HTTP and outlives the stack', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
        BucketEncryption: Match.anyValue(),
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      }),
    });
  });

  it('lets alarms publish: topic policy and key policy both name CloudWatch', () => {
    const cloudwatch = { Principal: { Service: 'cloudwatch.amazonaws.com' }, Effect: 'Allow' };
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([Match.objectLike({ ...cloudwatch, Action: 'sns:Publish' })]),
      }),
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ ...cloudwatch, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
        ]),
      }),
    });
  });

  it('keeps its logical ids: they are an API', () => {
    const ids = (type: string) => Object.keys(template.findResources(type));
    expect(ids('AWS::DynamoDB::Table')).toEqual(['PlatformLedgerC2560360']);
    expect(ids('AWS::S3::Bucket')).toEqual(['PlatformReports4D1F1F41']);
    expect(ids('AWS::SNS::Topic')).toEqual(['PlatformNoticesB2A6C042']);
  });
});

describe('a task function', () => {
  it('is one a stack', () => {
    const platform = Platform.of(newStack());
    expect(platform.task('run-batches')).toBe(platform.task('run-batches'));
    expect(platform.taskFunctions).toHaveLength(1);
  });

  it.each([
    ['mark-item', ['dynamodb:GetItem', 'dynamodb:PutItem']],
    [
      'close-run',
      [
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        's3:PutObject',
      ],
    ],
    [
      'open-gate',
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'kms:Decrypt', 'kms:GenerateDataKey', 'sns:Publish'],
    ],
  ])('%s has exactly the rights it uses, and no managed policy', (task, actions) => {
    const stack = newStack();
    Platform.of(stack).task(task);
    const template = Template.fromStack(stack);
    expect(actionsOf(template, task)).toEqual(actions);
    template.resourcePropertiesCountIs(
      'AWS::IAM::Role',
      { ManagedPolicyArns: Match.anyValue() },
      0,
    );
  });

  it('knows ledger, reports and topic only when it may use them', () => {
    const stack = newStack();
    Platform.of(stack).task('notify-status');
    Platform.of(stack).task('mark-item');
    const functions = Object.values(
      Template.fromStack(stack).findResources('AWS::Lambda::Function'),
    );
    const variables = functions.map(({ Properties }) =>
      Object.keys(Properties.Environment.Variables),
    );
    expect(variables).toEqual(
      expect.arrayContaining([['LEDGER_TABLE', 'REPORT_BUCKET', 'TOPIC_ARN'], ['LEDGER_TABLE']]),
    );
  });

  it('is refused when nobody says what it may do', () => {
    expect(() => Platform.of(newStack()).task('other')).toThrow(
      'example/Platform: the rights of task other are not known; pass them',
    );
  });

  it('has a bundle for every task the platform knows', () => {
    const platform = Platform.of(newStack());
    for (const name of Object.keys(TASK_RIGHTS)) platform.task(name);
    expect(platform.taskFunctions).toHaveLength(Object.keys(TASK_RIGHTS).length);
  });
});

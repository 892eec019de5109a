import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateSummaryCommand,
} from '@aws-sdk/client-cloudformation';
import { VirtualClock } from '../../rehearsal/clock';
import { Faults } from '../../rehearsal/faults/faults';
import { Callers, newProcess } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import {
  type CloudFormationData,
  CloudFormationService,
  type TemplateData,
} from '../../rehearsal/services/cloudformation';
import { Server } from '../../rehearsal/services/server';
import { trustIn } from './house';

const ACCOUNT = '000000000000';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/updater`;
const TASK = `arn:aws:iam::${ACCOUNT}:role/task`;
const V1 = 'https://templates/v1.json';
const V2 = 'https://templates/v2.json';
const parameters = { Email: {}, Prefix: { default: '' } };
const CAPABILITIES = ['CAPABILITY_NAMED_IAM' as const];

const data = (change: Partial<TemplateData> = {}): CloudFormationData => ({
  stacks: [
    {
      name: 'console',
      description: 'version 1',
      parameters: { Email: 'a@example.com', Prefix: 'acme' },
    },
  ],
  templates: {
    [V1]: { description: 'version 1', parameters },
    [V2]: {
      description: 'version 2',
      parameters,
      capabilities: CAPABILITIES,
      changes: [
        {
          Action: 'Modify',
          LogicalResourceId: 'Table',
          ResourceType: 'AWS::DynamoDB::Table',
          Replacement: 'True',
          Scope: ['Properties'],
        },
      ],
      ...change,
    },
  },
});

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The stand-in behind the real server, called by the real client with the rights of one role. */
async function cloud(
  scenario = data(),
  statements: object[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }],
) {
  const clock = new VirtualClock();
  const iam = new Iam(ACCOUNT);
  iam.protect(ROLE, trustIn('cloudformation.amazonaws.com'));
  iam.attach(TASK, { Statement: statements as never });
  const callers = new Callers(clock);
  const principal = { kind: 'role', arn: TASK, account: ACCOUNT } as const;
  const { credentials } = callers.mint(principal, newProcess());
  const problems: Error[] = [];
  const server = new Server({ clock, callers, iam, faults: new Faults([]), problems });
  const arn = (region: string | undefined, resource: string) =>
    `arn:aws:cloudformation:${region ?? 'us-east-1'}:${ACCOUNT}:${resource}`;
  const assume = iam.assume.bind(iam, 'cloudformation.amazonaws.com');
  server.add(new CloudFormationService(clock, arn, assume, scenario));
  const endpoint = await server.start();
  const client = new CloudFormationClient({
    endpoint,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });
  closing.push(
    () => client.destroy(),
    () => server.stop(),
    () => clock.stop(),
  );
  return { clock, client, problems };
}

const create = (change: object = {}) =>
  new CreateChangeSetCommand({
    StackName: 'console',
    ChangeSetName: 'runbook-1',
    ChangeSetType: 'UPDATE',
    ClientToken: 'runbook-1',
    TemplateURL: V2,
    RoleARN: ROLE,
    Capabilities: CAPABILITIES,
    Parameters: [{ ParameterKey: 'Email', UsePreviousValue: true }],
    ...change,
  });
const set = { StackName: 'console', ChangeSetName: 'runbook-1' };
const stack = async (client: CloudFormationClient) =>
  (await client.send(new DescribeStacksCommand({ StackName: 'console' }))).Stacks![0]!;

describe('the CloudFormation stand-in', () => {
  test('makes a change set in its time, executes it, and shows the token on each event', async () => {
    const { client, clock, problems } = await cloud();
    await client.send(create());
    await expect(client.send(new DescribeChangeSetCommand(set))).resolves.toMatchObject({
      Status: 'CREATE_IN_PROGRESS',
    });
    await clock.sleep(20_000);
    await expect(client.send(new DescribeChangeSetCommand(set))).resolves.toMatchObject({
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'AVAILABLE',
      Changes: [
        {
          Type: 'Resource',
          ResourceChange: {
            LogicalResourceId: 'Table',
            Replacement: 'True',
            Scope: ['Properties'],
          },
        },
      ],
    });
    await client.send(new ExecuteChangeSetCommand({ ...set, ClientRequestToken: 'token-1' }));
    const statuses = [];
    for (const seconds of [0, 180, 20]) {
      await clock.sleep(seconds * 1000);
      statuses.push((await stack(client)).StackStatus);
    }
    expect(statuses).toEqual([
      'UPDATE_IN_PROGRESS',
      'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_COMPLETE',
    ]);
    const { StackEvents } = await client.send(
      new DescribeStackEventsCommand({ StackName: 'console' }),
    );
    expect(StackEvents!.map((event) => [event.ResourceStatus, event.ClientRequestToken])).toEqual(
      [...statuses].reverse().map((status) => [status, 'token-1']),
    );
    expect(StackEvents![0]!.Timestamp).toBeInstanceOf(Date);
    expect(problems).toEqual([]);
  });

  test('gives a parameter that is left out its default, not the value of the stack', async () => {
    const { client, clock } = await cloud();
    await client.send(create());
    await clock.sleep(20_000);
    await client.send(new ExecuteChangeSetCommand(set));
    await clock.sleep(200_000);
    await expect(stack(client)).resolves.toMatchObject({
      Description: 'version 2',
      RoleARN: ROLE,
      Parameters: [
        { ParameterKey: 'Email', ParameterValue: 'a@example.com' },
        { ParameterKey: 'Prefix', ParameterValue: '' },
      ],
    });
  });

  test('describes templates by address', async () => {
    const { client } = await cloud();
    await expect(
      client.send(new GetTemplateSummaryCommand({ TemplateURL: V2 })),
    ).resolves.toMatchObject({
      Description: 'version 2',
      Capabilities: CAPABILITIES,
      Parameters: [{ ParameterKey: 'Email' }, { ParameterKey: 'Prefix', DefaultValue: '' }],
    });
  });

  test('says by its reason that a change set is empty', async () => {
    const { client, clock } = await cloud();
    const keep = ['Email', 'Prefix'].map((ParameterKey) => ({
      ParameterKey,
      UsePreviousValue: true,
    }));
    await client.send(create({ TemplateURL: V1, Parameters: keep }));
    await clock.sleep(20_000);
    await expect(client.send(new DescribeChangeSetCommand(set))).resolves.toMatchObject({
      Status: 'FAILED',
      StatusReason: expect.stringMatching(/^The submitted information didn't contain changes\./),
    });
    await client.send(new DeleteChangeSetCommand(set));
    await expect(client.send(new DescribeChangeSetCommand(set))).rejects.toMatchObject({
      name: 'ChangeSetNotFoundException',
    });
  });

  test('fails change sets and rolls back as often as the scenario says', async () => {
    const { client, clock } = await cloud(
      data({
        changeSetFails: { reason: 'no luck', times: 1 },
        rollsBack: {
          resource: 'Table',
          type: 'AWS::DynamoDB::Table',
          reason: 'too large',
          times: 1,
        },
      }),
    );
    await client.send(create());
    await clock.sleep(20_000);
    await expect(client.send(new DescribeChangeSetCommand(set))).resolves.toMatchObject({
      Status: 'FAILED',
      StatusReason: 'no luck',
    });
    await client.send(new DeleteChangeSetCommand(set));
    await client.send(create());
    await clock.sleep(20_000);
    await client.send(new ExecuteChangeSetCommand({ ...set, ClientRequestToken: 'token-1' }));
    await clock.sleep(200_000);
    await expect(stack(client)).resolves.toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      Description: 'version 1',
    });
    const { StackEvents } = await client.send(
      new DescribeStackEventsCommand({ StackName: 'console' }),
    );
    const reasons = [...StackEvents!]
      .reverse()
      .flatMap((event) => event.ResourceStatusReason ?? []);
    expect(reasons).toEqual(['too large', 'Resource update cancelled']);
  });

  test('rolls back an update without a service role', async () => {
    const { client, clock } = await cloud();
    await client.send(create({ RoleARN: undefined }));
    await clock.sleep(20_000);
    await client.send(new ExecuteChangeSetCommand(set));
    await clock.sleep(200_000);
    await expect(stack(client)).resolves.toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
  });

  test('refuses in the names of the service', async () => {
    const { client, clock } = await cloud();
    const refused = (command: object) => expect(client.send(command as never)).rejects;
    await refused(new DescribeStacksCommand({ StackName: 'other' })).toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id other does not exist',
    });
    await refused(create({ Capabilities: [] })).toMatchObject({
      name: 'InsufficientCapabilitiesException',
    });
    await refused(create({ Parameters: [] })).toMatchObject({
      name: 'ValidationError',
      message: 'Parameters: [Email] must have values',
    });
    await refused(create({ RoleARN: `${ROLE}-not` })).toMatchObject({ name: 'ValidationError' });
    await refused(create({ TemplateURL: 'https://templates/none.json' })).toMatchObject({
      name: 'ValidationError',
    });
    await client.send(create());
    await client.send(create());
    await refused(create({ ClientToken: 'another' })).toMatchObject({
      name: 'AlreadyExistsException',
    });
    await refused(new ExecuteChangeSetCommand(set)).toMatchObject({
      name: 'InvalidChangeSetStatusException',
    });
    await clock.sleep(20_000);
    await client.send(new ExecuteChangeSetCommand({ ...set, ClientRequestToken: 'token-1' }));
    await refused(
      new ExecuteChangeSetCommand({ ...set, ClientRequestToken: 'token-1' }),
    ).toMatchObject({ name: 'TokenAlreadyExistsException' });
    await refused(create({ ChangeSetName: 'runbook-2', ClientToken: '2' })).toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('UPDATE_IN_PROGRESS'),
    });
  });

  test('asks for the rights of each call, with their conditions', async () => {
    const stackArn = `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/console/*`;
    const { client } = await cloud(data(), [
      {
        Effect: 'Allow',
        Action: 'cloudformation:CreateChangeSet',
        Resource: stackArn,
        Condition: { StringLike: { 'cloudformation:ChangeSetName': 'runbook-*' } },
      },
      {
        Effect: 'Allow',
        Action: 'cloudformation:GetTemplateSummary',
        Resource: '*',
        Condition: { StringLike: { 'cloudformation:TemplateUrl': 'https://*' } },
      },
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: ROLE,
        Condition: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
      },
    ]);
    await client.send(create());
    await client.send(new GetTemplateSummaryCommand({ TemplateURL: V2 }));
    const denied = { name: 'AccessDenied' };
    await expect(client.send(create({ ChangeSetName: 'theirs' }))).rejects.toMatchObject(denied);
    await expect(client.send(create({ RoleARN: `${ROLE}2` }))).rejects.toMatchObject(denied);
    await expect(
      client.send(new GetTemplateSummaryCommand({ StackName: 'console' })),
    ).rejects.toMatchObject(denied);
    await expect(client.send(new ExecuteChangeSetCommand(set))).rejects.toMatchObject(denied);
  });

  test('reads a template in a bucket with the rights of the caller', async () => {
    const url = 'https://templates.s3.amazonaws.com/console/v1.json';
    const scenario = { ...data(), templates: { [url]: { description: 'version 1' } } };
    const allow = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource });
    const all = allow('cloudformation:*', '*');
    const summary = () => new GetTemplateSummaryCommand({ TemplateURL: url });
    const { client: without } = await cloud(scenario, [all]);
    await expect(without.send(summary())).rejects.toThrow('S3 error: Access Denied');
    await expect(
      without.send(create({ TemplateURL: url, RoleARN: undefined })),
    ).rejects.toMatchObject({ name: 'ValidationError', message: 'S3 error: Access Denied' });
    const right = allow('s3:GetObject', 'arn:aws:s3:::templates/console/*');
    const { client } = await cloud(scenario, [all, right]);
    await expect(client.send(summary())).resolves.toMatchObject({ Description: 'version 1' });
  });
});

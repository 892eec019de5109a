// A small stack, synthesized by CDK and run: what is wired to what.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { App, CfnOutput, Duration, Stack, aws_sqs as sqs } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ManagedPolicy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFn, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { DefinitionBody, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Cloud, type CloudOptions } from '../../rehearsal/cloud';
import { bundle } from './house';

const HANDLER = `
  import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
  import { SNSClient, PublishCommand } from '@aws-sdk/client-sns';
  const dynamo = new DynamoDBClient({});
  const sns = new SNSClient({});
  export const handler = async (event) => {
    if (event.source) {
      await sns.send(new PublishCommand({ TopicArn: process.env.TOPIC, Message: event.detail.status }));
      return;
    }
    if (event.fail) throw Object.assign(new Error('as told'), { name: 'ToldError' });
    await dynamo.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { pk: { S: event.id } } }));
    return { id: event.id };
  };`;

describe('the cloud', () => {
  const code = bundle(HANDLER);
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-test-'));
  afterAll(() => {
    code.remove();
    rmSync(folder, { recursive: true });
  });

  const synthesize = (name: string, more: (stack: Stack, task: LambdaFn, table: Table) => void) => {
    const app = new App({ outdir: join(folder, name), analyticsReporting: false });
    const stack = new Stack(app, name, { env: { account: '000000000000', region: 'eu-west-1' } });
    const table = new Table(stack, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
    });
    const key = new Key(stack, 'Key');
    const topic = new Topic(stack, 'Topic', { masterKey: key });
    const publishers = new ServicePrincipal('cloudwatch.amazonaws.com');
    topic.grantPublish(publishers);
    key.grant(publishers, 'kms:Decrypt', 'kms:GenerateDataKey*');
    const task = new LambdaFn(stack, 'Task', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromAsset(code.folder),
      environment: { TABLE: table.tableName, TOPIC: topic.topicArn },
      timeout: Duration.minutes(1),
    });
    topic.grantPublish(task);
    const machine = new StateMachine(stack, 'Machine', {
      stateMachineName: `${name}-machine`,
      queryLanguage: QueryLanguage.JSONATA,
      definitionBody: DefinitionBody.fromChainable(
        LambdaInvoke.jsonata(stack, 'Write a row', {
          lambdaFunction: task,
          outputs: '{% $states.result.Payload %}',
        }),
      ),
    });
    const rule = new Rule(stack, 'Ended', {
      eventPattern: {
        source: ['aws.states'],
        detail: { status: ['FAILED'], stateMachineArn: [machine.stateMachineArn] },
      },
    });
    rule.addTarget(new LambdaFunction(task));
    const alarm = machine
      .metricFailed({ period: Duration.minutes(1) })
      .createAlarm(stack, 'Failed', {
        threshold: 1,
        evaluationPeriods: 1,
      });
    alarm.addAlarmAction(new SnsAction(topic));
    new CfnOutput(stack, 'MachineArn', { value: machine.stateMachineArn });
    more(stack, task, table);
    return app.synth().directory;
  };

  let cloud: Cloud | undefined;
  afterEach(async () => {
    await cloud?.stop();
    cloud = undefined;
  });

  const start = async (options: CloudOptions) => {
    cloud = await Cloud.start(options);
    return cloud;
  };
  const run = async (on: Cloud, input: object) => {
    const client = new SFNClient({
      endpoint: on.endpointUrl,
      region: on.region,
      credentials: on.operatorCredentials,
    });
    const stateMachineArn = on.machineArn(`${on.resources[0]!.stack}-machine`);
    const { executionArn } = await client.send(
      new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
    );
    client.destroy();
    return await on.engine.finished(executionArn!);
  };

  let granted = '';
  let bare = '';
  beforeAll(() => {
    granted = synthesize('granted', (_stack, task, table) => table.grantWriteData(task));
    bare = synthesize('bare', () => {});
  });

  test('runs the machine, the bundle and its calls', async () => {
    const on = await start({ assemblyDir: granted });
    const ended = await run(on, { id: 'a' });
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"id":"a"}' });
    expect(on.outputs.granted!.MachineArn).toBe(on.machineArn('granted-machine'));
    expect(on.region).toBe('eu-west-1');
    expect(on.calls).toMatchObject([
      {
        task: 'Task',
        machine: 'granted-machine',
        state: 'Write a row',
        service: 'dynamodb',
        operation: 'PutItem',
        by: expect.any(String),
      },
    ]);
    expect(on.counters.invocations).toBe(1);
    const sha256 = createHash('sha256')
      .update(readFileSync(join(code.folder, 'index.mjs')))
      .digest('hex');
    expect(on.bundles).toMatchObject([{ sha256 }]);
    expect(on.problems).toEqual([]);
  });

  test('enforces the policies of the template', async () => {
    const on = await start({ assemblyDir: bare });
    expect(await run(on, { id: 'a' })).toMatchObject({
      status: 'FAILED',
      error: 'AccessDeniedException',
      cause: expect.stringContaining('is not authorized to perform: dynamodb:PutItem'),
    });
  });

  test('tells rules, alarms and subscribers of a failure', async () => {
    const on = await start({ assemblyDir: granted });
    const seen: string[] = [];
    on.onEvent(({ detail }) => seen.push(String(detail.status)));
    expect(await run(on, { fail: true })).toMatchObject({ status: 'FAILED', error: 'ToldError' });
    await on.clock.sleep(180_000);
    expect(seen).toEqual(['RUNNING', 'FAILED']);
    expect(on.notices.map(({ message, by }) => [message.slice(0, 12), by.split('/')[0]])).toEqual([
      ['{"AlarmName"', 'cloudwatch.amazonaws.com'],
      ['FAILED', 'arn:aws:iam::000000000000:role'],
    ]);
    expect(Object.values(on.alarms.states)).toMatchObject([
      { reached: ['ALARM', 'INSUFFICIENT_DATA'] },
    ]);
    expect(on.problems).toEqual([]);
  });

  test('lets an operator with one managed policy do what it says and no more', async () => {
    const on = await start({
      assemblyDir: synthesize('operated', (stack) => {
        const document = new PolicyStatement({
          actions: ['states:ListExecutions'],
          resources: ['*'],
        });
        new ManagedPolicy(stack, 'Operators', { statements: [document] });
      }),
    });
    const policy = on.resources.find(({ type }) => type === 'AWS::IAM::ManagedPolicy')!;
    const client = new SFNClient({
      endpoint: on.endpointUrl,
      region: on.region,
      credentials: on.credentialsWith(policy.logicalId),
    });
    const stateMachineArn = on.machineArn('operated-machine');
    const listed = await client.send(new ListExecutionsCommand({ stateMachineArn }));
    expect(listed.executions).toEqual([]);
    await expect(client.send(new StartExecutionCommand({ stateMachineArn }))).rejects.toMatchObject(
      {
        name: 'AccessDeniedException',
      },
    );
    client.destroy();
  });

  test('does not deliver an event a fault drops', async () => {
    const on = await start({
      assemblyDir: granted,
      faults: ['kind=drop-event,service=aws.states'],
    });
    await run(on, { fail: true });
    await on.clock.sleep(180_000);
    expect(on.notices).toHaveLength(1);
  });

  test('takes faults from the scenario', async () => {
    writeFileSync(
      join(folder, 'faults.json'),
      JSON.stringify([{ kind: 'error', task: 'Task', error: 'Lambda.Unknown', nth: 1 }]),
    );
    const on = await start({ assemblyDir: granted, scenarioDir: folder });
    expect(await run(on, { id: 'a' })).toMatchObject({ status: 'FAILED', error: 'Lambda.Unknown' });
  });

  test('leaves nothing listening', async () => {
    const on = await Cloud.start({ assemblyDir: granted });
    await run(on, { id: 'a' });
    await on.stop();
    await expect(fetch(on.endpointUrl)).rejects.toThrow('fetch failed');
  });

  test('refuses what it cannot provision, by name', async () => {
    const odd = synthesize('odd', (stack, task) => {
      new sqs.Queue(stack, 'Queue');
      task.addToRolePolicy(
        new PolicyStatement({
          actions: ['x:Y'],
          resources: ['*'],
          conditions: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
        }),
      );
    });
    await expect(Cloud.start({ assemblyDir: odd })).rejects.toThrow(
      /odd Task.*IpAddress is not known(.|\n)*odd Queue.*resources of type AWS::SQS::Queue are not known/,
    );
  });
});

// What nobody would send on purpose: the server answers in the service's own protocol, blames the
// caller, and goes on. All of it over real sockets, to a cloud with every stand-in in it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { DefinitionBody, Pass, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import fc from 'fast-check';
import { Cloud } from '../../rehearsal/cloud';

const folder = mkdtempSync(join(tmpdir(), 'rehearsal-test-'));
const agent = new Agent({ keepAlive: true });
let cloud: Cloud;

beforeAll(async () => {
  const app = new App({ outdir: join(folder, 'assembly'), analyticsReporting: false });
  const stack = new Stack(app, 'odd', { env: { account: '000000000000', region: 'us-east-1' } });
  new Table(stack, 'Table', {
    tableName: 'Ledger',
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
  });
  new Topic(stack, 'Topic', { topicName: 'Notices' });
  new StateMachine(stack, 'Machine', {
    stateMachineName: 'machine',
    queryLanguage: QueryLanguage.JSONATA,
    definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Pass')),
  });
  app.synth();
  const template = { description: 'v1', parameters: { Email: {} } };
  const stacks = [{ name: 'console', description: 'v0', parameters: { Email: 'a' } }];
  const arn = 'arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/demo';
  const account = {
    buckets: ['bucket'],
    secrets: { db: { password: 'x' } },
    warehouse: { kind: 'serverless', workgroup: 'demo', database: 'demo', arn },
    cloudformation: { stacks, templates: { 'https://b.s3.amazonaws.com/t.json': template } },
  };
  writeFileSync(join(folder, 'cloud.json'), JSON.stringify(account));
  cloud = await Cloud.start({ assemblyDir: join(folder, 'assembly'), scenarioDir: folder });
});

afterAll(async () => {
  agent.destroy();
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

afterEach(async () => {
  expect(cloud.problems).toEqual([]);
  const answer = await call('AWSStepFunctions.ListStateMachines', '{}');
  expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('machine') });
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const authorization = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=${cloud.operatorCredentials.accessKeyId}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

function send(
  headers: Record<string, string>,
  body: string | Buffer = '',
  { path = '/', method = 'POST' } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(cloud.endpointUrl);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers, agent }, (answer) => {
      let text = '';
      answer.on('data', (part) => {
        text += part;
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, text, headers: answer.headers }),
      );
    });
    sent.on('error', reject).end(body);
  });
}

const call = (target: string, body: string) =>
  send({ 'x-amz-target': target, authorization: authorization('any') }, body);

const query = (service: string, body: string) =>
  send(
    {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      authorization: authorization(service),
    },
    body,
  );

/** Sends bytes as they are; returns what comes back until the server closes or nothing comes. */
function raw(...parts: readonly (string | Buffer)[]): Promise<string> {
  const { hostname, port } = new URL(cloud.endpointUrl);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => {
      for (const part of parts) socket.write(part);
    });
    socket.setTimeout(300, () => socket.destroy());
    socket.on('data', (part) => {
      text += part;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

const STATES = 'arn:aws:states:us-east-1:000000000000';
const RUN = `${STATES}:execution:machine:run`;
/** Values that are right somewhere, so that the odd ones beside them are looked at too. */
const GOOD = [
  `${STATES}:stateMachine:machine`,
  RUN,
  `${STATES}:mapRun:machine/Each:1`,
  'arn:aws:sns:us-east-1:000000000000:Notices',
  'Ledger',
  'demo',
  'db',
  'select 1',
  'select :a',
  'a'.repeat(8) + '-aaaa'.repeat(3) + '-aaaaaaaaaaaa:1',
  { name: 'a', value: '1' },
  { pk: { S: 'a' } },
  ['select 1', 'select 2'],
];
/** Values no code of ours expects. */
const NASTY = [
  { toString: 1, valueOf: 1 },
  { length: -1 },
  JSON.parse('{"then": 1}'),
  [],
  [null],
  [[[]]],
  '',
  '\u0000\ud800',
  'x'.repeat(300_000),
  '%00',
  '-1',
  -1,
  1e308,
  1.5,
  2 ** 60,
  true,
  null,
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": 1}}'),
];
const value = fc.oneof(
  fc.constantFrom<unknown>(...GOOD),
  fc.constantFrom<unknown>(...NASTY),
  fc.jsonValue({ maxDepth: 3 }),
);

const JSON_SERVICES: Readonly<Record<string, { operations: string; members: string }>> = {
  AWSStepFunctions: {
    operations: `StartExecution DescribeExecution StopExecution RedriveExecution GetExecutionHistory
      ListExecutions ListMapRuns DescribeMapRun SendTaskSuccess SendTaskFailure SendTaskHeartbeat
      DescribeStateMachine DescribeStateMachineForExecution ListStateMachines UpdateMapRun __proto__`,
    members: `stateMachineArn executionArn mapRunArn taskToken name input output error cause
      clientToken maxResults nextToken reverseOrder includeExecutionData statusFilter redriveFilter
      includedData __proto__ toString`,
  },
  RedshiftData: {
    operations: `ExecuteStatement BatchExecuteStatement DescribeStatement GetStatementResult
      CancelStatement ListStatements ListTables constructor`,
    members: `Sql Sqls Id Parameters WorkgroupName ClusterIdentifier Database DbUser SecretArn
      StatementName WithEvent ClientToken WaitTimeSeconds ResultFormat ExecutionMode NextToken
      MaxResults Status RoleLevel SessionId toString`,
  },
  DynamoDB_20120810: {
    operations: `GetItem PutItem UpdateItem DeleteItem Query Scan BatchGetItem BatchWriteItem
      DescribeTable TransactWriteItems`,
    members: `TableName Key Item RequestItems KeyConditionExpression FilterExpression
      ConditionExpression UpdateExpression ExpressionAttributeNames ExpressionAttributeValues
      ProjectionExpression Limit ExclusiveStartKey IndexName ConsistentRead ReturnValues Select`,
  },
  AWSEvents: {
    operations: 'DescribeRule DisableRule EnableRule ListRules PutRule toString',
    members: 'Name EventBusName NamePrefix Limit NextToken __proto__ toString',
  },
  RedshiftServerless: {
    operations: `GetWorkgroup UpdateWorkgroup GetNamespace UpdateNamespace CreateSnapshot GetSnapshot
      ListSnapshots DeleteSnapshot constructor`,
    members: `workgroupName baseCapacity namespaceName iamRoles defaultIamRoleArn snapshotName
      retentionPeriod tags maxResults nextToken __proto__`,
  },
  secretsmanager: { operations: 'GetSecretValue PutSecretValue', members: 'SecretId VersionId' },
};

const words = (text: string) => text.trim().split(/\s+/);

describe.each(Object.entries(JSON_SERVICES))('%s', (prefix, { operations, members }) => {
  test.each(words(operations))('%s takes nonsense for what it is', async (operation) => {
    const input = fc.uniqueArray(fc.tuple(fc.constantFrom(...words(members)), value), {
      selector: ([name]) => name,
      minLength: 0,
      maxLength: 6,
    });
    const property = fc.asyncProperty(input, async (pairs) => {
      const written = pairs.map(([name, of]) => `${JSON.stringify(name)}:${JSON.stringify(of)}`);
      const { status, text, headers } = await call(`${prefix}.${operation}`, `{${written.join()}}`);
      expect(`${status} ${text}`).toMatch(/^(200|400) /);
      expect(headers['x-amzn-errortype']).toBe(JSON.parse(text).__type);
      expect(headers['content-type']).toMatch(/^application\/x-amz-json-1\.[01]$/);
    });
    await fc.assert(property, { numRuns: 40, seed: 20261121 });
  });

  test.each(['', '{', '[1]', 'null', '"x"', '\ufeff{}', '{"a":1}}', '[[['.repeat(20_000)])(
    'a body %# that is no object',
    async (body) => {
      const [operation] = words(operations);
      const { status, text } = await call(`${prefix}.${operation}`, body);
      expect(status).toBe(400);
      expect(JSON.parse(text).__type).toMatch(/^(SerializationException|ValidationException)$/);
    },
  );
});

const DEEP = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;

const UNPRINTABLE = '{"toString":1,"valueOf":1}';

test.each([
  ['AWSStepFunctions.StartExecution', 'name'],
  ['AWSStepFunctions.DescribeExecution', 'executionArn'],
  ['RedshiftData.ExecuteStatement', 'Sql'],
  ['RedshiftData.BatchExecuteStatement', 'Sqls'],
  ['RedshiftData.ListStatements', 'NextToken'],
  ['DynamoDB_20120810.GetItem', 'TableName'],
  ['DynamoDB_20120810.Query', 'IndexName'],
  ['DynamoDB_20120810.BatchGetItem', 'RequestItems'],
  ['secretsmanager.GetSecretValue', 'SecretId'],
])('%s takes a %s that is no text, alone or in a list', async (target, name) => {
  for (const odd of [UNPRINTABLE, `[${UNPRINTABLE}]`, `{"a":${UNPRINTABLE}}`]) {
    expect((await call(target, `{"${name}":${odd}}`)).status).toBe(400);
  }
});

test.each([
  ['AWSStepFunctions.StartExecution', 'name'],
  ['RedshiftData.ExecuteStatement', 'Parameters'],
  ['DynamoDB_20120810.GetItem', 'Key'],
  ['secretsmanager.GetSecretValue', 'SecretId'],
])('%s takes a very deep %s', async (target, name) => {
  expect((await call(target, `{"${name}":${DEEP}}`)).status).toBe(400);
});

describe('query services', () => {
  const SERVICES: Readonly<Record<string, string>> = {
    sts: 'AssumeRole GetCallerIdentity GetSessionToken',
    sns: 'Publish Subscribe',
    cloudformation: `DescribeStacks DescribeStackEvents CreateChangeSet DescribeChangeSet
      ExecuteChangeSet DeleteChangeSet GetTemplateSummary ListStackResources DescribeStackResources
      CreateStack`,
    redshift: `DescribeClusters ModifyClusterIamRoles CreateClusterSnapshot DescribeClusterSnapshots
      DeleteCluster`,
    rds: 'DescribeDBClusters DescribeDBInstances CreateDBInstance',
    ec2: 'DescribeInstances DescribeSecurityGroups RunInstances',
  };
  const MEMBERS = words(`RoleArn RoleSessionName DurationSeconds ExternalId TopicArn Message Subject
    StackName ChangeSetName TemplateURL ClientRequestToken NextToken LogicalResourceId
    InstanceId InstanceId.1 InstanceId.1.x GroupId.1 Marker Marker.x MaxRecords
    ClusterIdentifier SnapshotIdentifier SnapshotIdentifier.x AddIamRoles.IamRoleArn.1 AddIamRoles Parameters.member.1.ParameterKey
    Parameters.member.1 Parameters.member.x.UsePreviousValue Capabilities.member.1 Capabilities
    StackName.toString TopicArn.a.b __proto__.x . .. member entry.1.key`);
  const TEXTS = ['console', 'c1', 'https://b.s3.amazonaws.com/t.json', 'Email', 'true', '-1', ''];
  const pair = fc.tuple(
    fc.constantFrom(...MEMBERS),
    fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary' })),
  );
  const all = Object.entries(SERVICES).flatMap(([service, operations]) =>
    words(operations).map((operation) => [service, operation]),
  );

  test.each(all)('%s %s takes nonsense for what it is', async (service, operation) => {
    const property = fc.asyncProperty(fc.array(pair, { maxLength: 6 }), async (pairs) => {
      const form = new URLSearchParams([['Action', operation!], ...pairs]);
      const { status, text, headers } = await query(service!, form.toString());
      expect(`${status} ${text}`).toMatch(/^(200|400|403|404) /);
      expect(text).toMatch(/^<[A-Za-z]*Response>/);
      expect(headers['content-type']).toBe('text/xml');
    });
    await fc.assert(property, { numRuns: 40, seed: 20261121 });
  });

  test.each([
    '',
    '&&&',
    '=',
    'Action',
    'Action=',
    'Action.x=1',
    'Action=A&Action=B',
    '%',
    '%ff=%e0',
  ])('a body %j', async (body) => {
    const { status, text } = await query('sts', body);
    expect(status).toBe(400);
    expect(text).toMatch(/^<ErrorResponse><Error><Type>Sender/);
  });
});

describe('EMR Serverless', () => {
  const emr = (method: string, path: string) =>
    send({ authorization: authorization('emr-serverless') }, '', { method, path });

  test.each([
    ['GET', '/'],
    ['GET', '/applications?maxResults=x'],
    ['GET', '/applications?maxResults=0&maxResults=5'],
    ['GET', '/applications?states=x&states=__proto__'],
    ['GET', '/applications?nextToken=x'],
    ['GET', '/applications?__proto__=1&toString=2'],
    ['GET', '/applications/%/jobruns'],
    ['GET', '/applications/none/jobruns'],
    ['GET', '/applications/__proto__/jobruns/constructor'],
    ['GET', '/applications//jobruns/'],
    ['POST', '/applications'],
    ['DELETE', '/applications/none/jobruns/none'],
  ])('%s %s', async (method, path) => {
    const { status, text, headers } = await emr(method, path);
    expect(`${status} ${text}`).toMatch(/^(400|404) /);
    expect(headers['x-amzn-errortype']).toBe(JSON.parse(text).__type);
  });
});

describe('S3', () => {
  const s3 = (method: string, path: string, headers: Record<string, string> = {}) =>
    send({ authorization: authorization('s3'), ...headers }, '', { method, path });

  test.each([
    ['GET', '/'],
    ['GET', '/%'],
    ['GET', '/%ff%fe'],
    ['GET', '/bucket/%E0%A4%A'],
    ['GET', '/none/key'],
    ['GET', '/bucket/none'],
    ['GET', '/bucket?list-type=2&max-keys=x'],
    ['GET', '/bucket?list-type=2&max-keys=-5'],
    ['GET', '/bucket/key?acl'],
    ['PUT', '/none/key'],
    ['POST', '/bucket/key'],
    ['PATCH', '/bucket/key'],
    ['OPTIONS', '*'],
    ['DELETE', '/bucket'],
    ['GET', '//bucket//key'],
    ['GET', '/../../etc/passwd'],
    ['GET', '/bucket/../../x'],
    ['GET', '/__proto__/constructor'],
  ])('%s %s', async (method, path) => {
    const { status, text } = await s3(method, path);
    expect(`${status} ${text}`).toMatch(/^(400|404) /);
    expect(text).toMatch(/^<Error><Code>\w+<\/Code>/);
  });
});

describe('who may speak', () => {
  const good = () => ({
    'x-amz-target': 'AWSStepFunctions.ListStateMachines',
    authorization: authorization('states'),
  });
  const port = () => new URL(cloud.endpointUrl).port;

  test.each([
    (at: string) => `localhost:${at}`,
    (at: string) => `[::1]:${at}`,
    (at: string) => `[::ffff:127.0.0.1]:${at}`,
    (at: string) => `127.0.0.1.nip.io:${at}`,
    (at: string) => `127.1:${at}`,
    (at: string) => `2130706433:${at}`,
    (at: string) => `evil@127.0.0.1:${at}`,
    (at: string) => `127.0.0.1:${at}.`,
    (at: string) => `127.0.0.1:${at}, evil.example`,
    () => '127.0.0.1',
    () => 'evil.example',
  ])('no name but its own address: %#', async (host) => {
    const { status, text } = await send({ ...good(), host: host(port()) }, '{}');
    expect([status, text]).toEqual([
      403,
      expect.stringContaining('this server is http://127.0.0.1'),
    ]);
  });

  test('it hears the loopback address only, whatever a proxy is called', async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .map((at) => at!.address)
      .filter((address) => address !== '127.0.0.1');
    expect(others.length).toBeGreaterThan(0);
    const refused = others.map(
      (host) =>
        new Promise((resolve) => {
          const socket = connect({ host, port: Number(port()) }, () => resolve('heard'));
          socket.on('error', resolve);
        }),
    );
    for (const result of await Promise.all(refused)) expect(result).toHaveProperty('code');
  });

  test.each([
    ['no key', undefined, 'MissingAuthenticationToken'],
    ['a word for a key', 'Bearer x', 'MissingAuthenticationToken'],
    ['half a key', 'AWS4-HMAC-SHA256 Credential=AKIA', 'MissingAuthenticationToken'],
    ['an unknown key', 'AWS4 Credential=AKIA/1/us-east-1/states/x', 'UnrecognizedClientException'],
    ['a reserved word', 'AWS4 Credential=__proto__/1/r/s/x', 'UnrecognizedClientException'],
  ])('%s', async (_, key, code) => {
    const { authorization: __, ...rest } = good();
    const { status, text } = await send({ ...rest, ...(key && { authorization: key }) }, '{}');
    expect([status, JSON.parse(text).__type]).toEqual([403, code]);
  });

  test('an unknown key of a query service hears it in XML', async () => {
    const { status, text } = await send({
      'content-type': 'application/x-www-form-urlencoded',
      authorization: 'AWS4 Credential=AKIA/1/us-east-1/sts/x',
    });
    expect([status, text]).toEqual([
      403,
      expect.stringMatching(/^<ErrorResponse><Error><Type>Send/),
    ]);
  });
});

describe('what is hardly HTTP', () => {
  const host = () => `Host: ${cloud.endpointUrl.slice('http://'.length)}\r\n`;
  const auth = () => `Authorization: ${authorization('states')}\r\n`;

  test.each<[string, () => (string | Buffer)[], RegExp]>([
    ['noise', () => [Buffer.from('00ff0d0a0d0a', 'hex')], /^HTTP\/1\.1 400 /],
    ['TLS', () => [Buffer.from('16030100a5010000a1', 'hex')], /^HTTP\/1\.1 400 /],
    ['a request without a Host', () => ['GET / HTTP/1.1\r\n\r\n'], /^HTTP\/1\.1 400 /],
    ['an empty Host', () => ['GET / HTTP/1.1\r\nHost:\r\n\r\n'], /^HTTP\/1\.1 403 /],
    ['HTTP/1.0 without a Host', () => ['GET / HTTP/1.0\r\n\r\n'], /^HTTP\/1\.1 403 /],
    [
      'a name as the request’s target',
      () => [`POST http://evil.example/ HTTP/1.1\r\n${host()}${auth()}content-length: 0\r\n\r\n`],
      /^HTTP\/1\.1 400 /,
    ],
    [
      'an address in the target and a name as Host',
      () => [`POST ${cloud.endpointUrl}/ HTTP/1.1\r\nHost: evil\r\ncontent-length: 0\r\n\r\n`],
      /^HTTP\/1\.1 403 /,
    ],
    ['CONNECT', () => [`CONNECT evil.example:443 HTTP/1.1\r\n${host()}\r\n`], /^(HTTP\/1\.1 4|$)/],
    [
      'an upgrade',
      () => [`GET / HTTP/1.1\r\n${host()}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`],
      /^HTTP\/1\.1 4/,
    ],
    [
      'a header of a megabyte',
      () => [`GET / HTTP/1.1\r\n${host()}X: ${'x'.repeat(1_000_000)}\r\n\r\n`],
      /^HTTP\/1\.1 4|^$/,
    ],
    [
      'a header with a line break in it',
      () => [`GET / HTTP/1.1\r\n${host()}X: a\rb\r\n\r\n`],
      /^HTTP\/1\.1 4/,
    ],
    [
      'two lengths',
      () => [`POST / HTTP/1.1\r\n${host()}content-length: 1\r\ncontent-length: 9\r\n\r\nx`],
      /^HTTP\/1\.1 4/,
    ],
    [
      'a broken chunk',
      () => [`POST / HTTP/1.1\r\n${host()}${auth()}transfer-encoding: chunked\r\n\r\nzz\r\n`],
      /^HTTP\/1\.1 4/,
    ],
    [
      'a body that stops short',
      () => [`POST / HTTP/1.1\r\n${host()}${auth()}content-length: 900\r\n\r\n{"a`],
      /^$/,
    ],
    ['nothing', () => [], /^$/],
  ])('%s', async (_, parts, expected) => {
    expect(await raw(...parts())).toMatch(expected);
  });

  test('a body that never ends holds no clock for long', () => {
    const { server } = cloud as unknown as { server: { http: { requestTimeout: number } } };
    expect(server.http.requestTimeout).toBeLessThanOrEqual(10_000);
  });

  test('a body above the limit', async () => {
    const headers = { 'x-amz-target': 'RedshiftData.ListStatements' };
    const auth = { authorization: authorization('redshift-data') };
    const large = Buffer.alloc(65 * 1024 * 1024, 0x20);
    expect((await send({ ...headers, ...auth }, large)).status).toBe(413);
  });
});

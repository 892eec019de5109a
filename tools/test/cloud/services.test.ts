// The stand-ins as AWS's own clients see them.

import { request } from 'node:http';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { VirtualClock } from '../../rehearsal/clock';
import { Faults, faultOf } from '../../rehearsal/faults/faults';
import { Callers, newProcess } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import type { Statement } from '../../rehearsal/iam/policy';
import { DynamoDbService } from '../../rehearsal/services/dynamodb';
import { ObjectStore, S3Service } from '../../rehearsal/services/s3';
import { SecretsService } from '../../rehearsal/services/secrets';
import { Server } from '../../rehearsal/services/server';
import { SnsService } from '../../rehearsal/services/sns';
import { StsService } from '../../rehearsal/services/sts';
import { account, region } from './house';

const roleArn = `arn:aws:iam::${account}:role/Task`;
const otherArn = `arn:aws:iam::${account}:role/Other`;
const topicArn = `arn:aws:sns:${region}:${account}:Notices`;
const keyArn = `arn:aws:kms:${region}:${account}:key/k`;
const tableArns = `arn:aws:dynamodb:${region}:${account}:table/`;

async function services(statements: Statement[], faults: string[] = []) {
  const clock = new VirtualClock();
  const iam = new Iam(account);
  iam.attach(roleArn, { Statement: statements });
  const callers = new Callers(clock);
  const problems: Error[] = [];
  const server = new Server({
    clock,
    iam,
    callers,
    problems,
    faults: new Faults(faults.map(faultOf)),
  });
  const store = new ObjectStore(clock);
  const topics = new SnsService(clock, iam);
  const tables = new DynamoDbService(clock, tableArns);
  const secrets = new SecretsService(clock, `arn:aws:secretsmanager:${region}:${account}:secret:`, {
    db: { password: 'x' },
  });
  server.add(new S3Service(store), topics, tables, secrets, new StsService(clock, callers));
  const endpoint = await server.start();
  const { credentials } = callers.mint({ kind: 'role', arn: roleArn, account }, newProcess());
  const config = { endpoint, region, credentials, maxAttempts: 1 };
  const stop = async () => {
    clock.stop();
    await server.stop();
  };
  return { clock, iam, server, store, topics, tables, config, endpoint, problems, stop };
}

const all: Statement = { Effect: 'Allow', Action: '*', Resource: '*' };
let running: Awaited<ReturnType<typeof services>>;
afterEach(() => running.stop());

describe('the server', () => {
  const raw = (headers: Record<string, string>, body = '', path = '/') =>
    new Promise<{ status?: number; text: string }>((resolve, reject) => {
      const { port } = new URL(running.endpoint);
      const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (answer) => {
        let text = '';
        answer
          .on('data', (part) => (text += part))
          .on('end', () => resolve({ status: answer.statusCode, text }));
      });
      sent.on('error', reject).end(body);
    });
  const authorization = () =>
    `AWS4-HMAC-SHA256 Credential=${running.config.credentials.accessKeyId}/20260101/us-east-1/dynamodb/aws4_request, x`;

  test('refuses names other than its own address', async () => {
    running = await services([all]);
    const answer = await raw({ host: 'evil.example', authorization: authorization() });
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('this server is') });
  });

  test('refuses unknown keys in AWS’s words', async () => {
    running = await services([all]);
    const client = new DynamoDBClient({
      ...running.config,
      credentials: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' },
    });
    await expect(client.send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    });
    client.destroy();
  });

  test.each([
    [{ 'x-amz-target': 'DynamoDB_20120810.GetItem' }, '{nonsense', 'SerializationException'],
    [{ 'x-amz-target': 'DynamoDB_20120810.GetItem' }, '[1]', 'SerializationException'],
    [{ 'x-amz-target': 'Nobody.DoIt' }, '{}', 'service Nobody, operation Nobody.DoIt'],
    [{ 'x-amz-target': '.' }, '{}', 'UnknownOperationException'],
    [
      { 'content-type': 'application/x-www-form-urlencoded' },
      'Action=A&a.b=1&a=2',
      'operation A of service',
    ],
    [{}, '{}', 'request POST / of service dynamodb'],
  ])('answers %j %s with %s and goes on', async (headers, body, text) => {
    running = await services([all]);
    const answer = await raw(
      { ...headers, authorization: authorization() } as Record<string, string>,
      body,
    );
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(text);
    expect((await raw({ authorization: authorization() }, '', '/%ff')).status).toBe(400);
    expect(running.problems).toEqual([]);
  });

  test('throttles and refuses where a fault says so', async () => {
    running = await services(
      [all],
      [
        'kind=throttle,service=dynamodb,nth=1',
        'kind=denied,service=dynamodb,nth=2',
        'kind=error,operation=ListTables,error=InternalServerError,nth=3',
      ],
    );
    const client = new DynamoDBClient(running.config);
    const names = [];
    for (let i = 0; i < 3; i++) {
      names.push(await client.send(new ListTablesCommand({})).catch((error: Error) => error.name));
    }
    expect(names).toEqual(['ThrottlingException', 'AccessDeniedException', 'InternalServerError']);
    client.destroy();
  });
});

describe('DynamoDB', () => {
  const put = new PutItemCommand({
    TableName: 'Ledger',
    Item: { pk: { S: 'a' }, n: { N: '1' } },
    ConditionExpression: 'attribute_not_exists(pk)',
  });

  test('keeps items under conditions', async () => {
    running = await services([
      {
        Effect: 'Allow',
        Action: ['dynamodb:PutItem', 'dynamodb:GetItem'],
        Resource: `${tableArns}Ledger`,
      },
    ]);
    await running.tables.createTable({
      TableName: 'Ledger',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    const client = new DynamoDBClient(running.config);
    await client.send(put);
    await expect(client.send(put)).rejects.toBeInstanceOf(ConditionalCheckFailedException);
    const got = await client.send(
      new GetItemCommand({ TableName: 'Ledger', Key: { pk: { S: 'a' } } }),
    );
    expect(got.Item).toEqual({ pk: { S: 'a' }, n: { N: '1' } });
    client.destroy();
  });

  test('refuses a role without the right, naming table and action', async () => {
    running = await services([{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' }]);
    const client = new DynamoDBClient(running.config);
    await expect(client.send(put)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        `dynamodb:PutItem on resource: ${tableArns}Ledger because no identity`,
      ),
    });
    client.destroy();
  });
});

describe('S3', () => {
  test('writes, reads, lists and deletes', async () => {
    running = await services([all]);
    running.store.createBucket('b');
    const client = new S3Client(running.config);
    await client.send(
      new PutObjectCommand({
        Bucket: 'b',
        Key: 'a/ü b.txt',
        Body: 'héllo',
        ContentType: 'text/plain',
      }),
    );
    for (const key of ['a/1', 'a/2', 'c']) running.store.put('b', key, key);
    const got = await client.send(new GetObjectCommand({ Bucket: 'b', Key: 'a/ü b.txt' }));
    expect(await got.Body!.transformToString()).toBe('héllo');
    expect(got.ContentType).toBe('text/plain');
    const head = await client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'a/ü b.txt' }));
    expect(head.ContentLength).toBe(6);
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: 'b', Prefix: 'a/', MaxKeys: 2 }),
    );
    expect(page).toMatchObject({
      IsTruncated: true,
      Contents: [{ Key: 'a/1', Size: 3 }, { Key: 'a/2' }],
    });
    const rest = await client.send(
      new ListObjectsV2Command({
        Bucket: 'b',
        Prefix: 'a/',
        ContinuationToken: page.NextContinuationToken,
      }),
    );
    expect(rest.Contents).toMatchObject([{ Key: 'a/ü b.txt' }]);
    await client.send(new DeleteObjectCommand({ Bucket: 'b', Key: 'c' }));
    await expect(
      client.send(new GetObjectCommand({ Bucket: 'b', Key: 'c' })),
    ).rejects.toMatchObject({ name: 'NoSuchKey' });
    client.destroy();
  });

  test('lists versions and deletes them, each with a right of its own', async () => {
    const below = (Action: string, key: string): Statement => ({
      Effect: 'Allow',
      Action,
      Resource: `arn:aws:s3:::b${key}`,
    });
    running = await services([
      {
        ...below('s3:ListBucketVersions', ''),
        Condition: { StringLike: { 's3:prefix': 'a/*' } },
      },
      below('s3:DeleteObjectVersion', '/a/x/*'),
      below('s3:DeleteObject', '/a/y/*'),
    ]);
    running.store.createBucket('b');
    for (const key of ['a/x/1', 'a/x/<&2>', 'a/y/3', 'c']) running.store.put('b', key, key);
    const client = new S3Client(running.config);
    const list = (Prefix: string, change = {}) =>
      client.send(new ListObjectVersionsCommand({ Bucket: 'b', Prefix, ...change }));
    await expect(list('')).rejects.toMatchObject({ name: 'AccessDenied' });
    const page = await list('a/', { MaxKeys: 2 });
    expect(page).toMatchObject({
      IsTruncated: true,
      NextKeyMarker: 'a/x/<&2>',
      Versions: [{ Key: 'a/x/1', VersionId: 'null', Size: 5 }, { Key: 'a/x/<&2>' }],
    });
    const { NextKeyMarker: KeyMarker } = page;
    const rest = await list('a/', { KeyMarker, VersionIdMarker: 'null' });
    expect([rest.IsTruncated, rest.Versions!.map(({ Key }) => Key)]).toEqual([false, ['a/y/3']]);
    const remove = (Objects: { Key: string; VersionId?: string }[]) =>
      client.send(new DeleteObjectsCommand({ Bucket: 'b', Delete: { Objects, Quiet: true } }));
    const versions = ['a/x/1', 'a/x/<&2>', 'a/y/3'].map((Key) => ({ Key, VersionId: 'null' }));
    expect((await remove(versions)).Errors).toMatchObject([
      { Key: 'a/y/3', VersionId: 'null', Code: 'AccessDenied' },
    ]);
    expect(running.store.list('b')).toEqual(['a/y/3', 'c']);
    expect((await remove([{ Key: 'a/y/3' }])).Errors).toBeUndefined();
    await expect(remove([])).rejects.toMatchObject({ name: 'MalformedXML' });
    client.destroy();
  });

  test('does not tell who may not list that a key is missing', async () => {
    running = await services([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' },
    ]);
    running.store.createBucket('b');
    const client = new S3Client(running.config);
    await expect(
      client.send(new GetObjectCommand({ Bucket: 'b', Key: 'c' })),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    client.destroy();
  });
});

describe('SNS', () => {
  const publish = new PublishCommand({
    TopicArn: topicArn,
    Subject: 'Stopped',
    Message: 'a\nb & <c>',
  });
  const toAccount: Statement = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };

  test('keeps what is published', async () => {
    running = await services([all]);
    running.topics.add({ arn: topicArn });
    const client = new SNSClient(running.config);
    expect((await client.send(publish)).MessageId).toMatch(/^[\da-f-]{36}$/);
    expect(running.topics.notices).toMatchObject([
      { topicArn, subject: 'Stopped', message: 'a\nb & <c>', by: roleArn },
    ]);
    client.destroy();
  });

  test('needs the key’s leave where the topic is encrypted', async () => {
    running = await services([{ Effect: 'Allow', Action: 'sns:Publish', Resource: topicArn }]);
    running.topics.add({ arn: topicArn, keyArn });
    running.iam.protect(keyArn, { Statement: toAccount });
    const client = new SNSClient(running.config);
    await expect(client.send(publish)).rejects.toMatchObject({ name: 'KMSAccessDeniedException' });
    const Action = ['kms:Decrypt', 'kms:GenerateDataKey*'];
    running.iam.attach(roleArn, { Statement: { Effect: 'Allow', Action, Resource: keyArn } });
    await expect(client.send(publish)).resolves.toBeDefined();
    client.destroy();
  });

  test('refuses in its own words', async () => {
    running = await services([]);
    running.topics.add({ arn: topicArn });
    const client = new SNSClient(running.config);
    await expect(client.send(publish)).rejects.toMatchObject({
      name: 'AuthorizationErrorException',
    });
    client.destroy();
  });
});

describe('STS', () => {
  const table = `${tableArns}Other`;
  const asOther = () =>
    new DynamoDBClient({
      ...running.config,
      credentials: fromTemporaryCredentials({
        masterCredentials: running.config.credentials,
        params: { RoleArn: otherArn, RoleSessionName: 'runbooks', DurationSeconds: 900 },
        clientConfig: { endpoint: running.endpoint, region, maxAttempts: 1 },
      }),
    });
  const mayAssume: Statement = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: otherArn };
  const trust: Statement = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sts:AssumeRole',
  };

  test('gives sessions of roles that trust the account, until they expire', async () => {
    running = await services([mayAssume]);
    running.iam.protect(otherArn, { Statement: trust });
    running.iam.attach(otherArn, {
      Statement: { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: table },
    });
    const client = asOther();
    const get = new GetItemCommand({ TableName: 'Other', Key: { pk: { S: 'a' } } });
    await expect(client.send(get)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await running.clock.sleep(901_000);
    await expect(client.send(get)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    client.destroy();
  });

  test('refuses a role that does not trust the caller', async () => {
    running = await services([mayAssume]);
    running.iam.attach(otherArn, { Statement: [] });
    const client = asOther();
    await expect(client.send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    client.destroy();
  });
});

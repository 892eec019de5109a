// Tables that exist in the account beside those of the templates.

import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbService, type TableData } from '../../rehearsal/services/dynamodb';
import { account, region } from './house';
import { close, served } from './served';

afterEach(close);

const FILES: TableData = {
  name: 'Pipe-FileStatus',
  key: { s3_uri: 'S' },
  indexes: { status_timestamp_index: { job_status: 'S', timestamp: 'N' } },
  items: [
    { s3_uri: 's3://b/2', job_status: 'event#NEW', timestamp: 2 },
    { s3_uri: 's3://b/1', job_status: 'event#NEW', timestamp: 1 },
    { s3_uri: 's3://b/3', job_status: 'item#NEW', timestamp: 3 },
  ],
};

async function world(table: TableData, where = region, statements?: Parameters<typeof served>[1]) {
  const house = await served(
    ({ clock, arn }) => [new DynamoDbService(clock, arn('dynamodb')('table/'))] as const,
    statements,
  );
  await house.stands[0].putTable(table);
  const client = new DynamoDBClient(house.config(where));
  const query = () =>
    client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: 'status_timestamp_index',
        KeyConditionExpression: 'job_status = :status',
        ExpressionAttributeValues: { ':status': { S: 'event#NEW' } },
      }),
    );
  return { query };
}

it('has items, and indexes that find them', async () => {
  const { query } = await world(FILES);
  const { Items } = await query();
  expect(Items!.map(({ s3_uri }) => s3_uri?.S)).toEqual(['s3://b/1', 's3://b/2']);
});

it('is read through an index with the right to that', async () => {
  const right = (rest: string) => {
    const Resource = `arn:aws:dynamodb:${region}:${account}:table/${rest}`;
    return [{ Effect: 'Allow', Action: 'dynamodb:Query', Resource }] as const;
  };
  const denied = await world(FILES, region, right('Pipe-FileStatus'));
  await expect(denied.query()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const { query } = await world(FILES, region, right('Pipe-*/index/*'));
  await expect(query()).resolves.toMatchObject({ Count: 2 });
});

it('of another region is found there only', async () => {
  const far = { ...FILES, region: 'eu-west-1' };
  await expect((await world(far, 'eu-west-1')).query()).resolves.toMatchObject({ Count: 2 });
  for (const [table, where] of [
    [far, region],
    [FILES, 'eu-west-1'],
  ] as const) {
    await expect((await world(table, where)).query()).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  }
});

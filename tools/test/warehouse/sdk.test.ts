// The real client of the AWS SDK against the stand-in: shapes on the wire are those it expects.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListStatementsCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { ServiceError } from '../../rehearsal/types';
import { Harness } from './harness';

let data: Harness;
let server: Server;
let client: RedshiftDataClient;

beforeAll(async () => {
  data = await Harness.start();
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const [, operation] = String(request.headers['x-amz-target']).split('.');
    const answer = await data.call(operation!, JSON.parse(body)).catch((error: ServiceError) => {
      response.statusCode = error.status;
      return { __type: error.code, message: error.message, ...error.fields };
    });
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new RedshiftDataClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  });
});

afterAll(async () => {
  client.destroy();
  server.close();
  await data.stop();
});

const target = { Database: 'my_project_ab12', WorkgroupName: 'my-project-ab12' };

describe('the SDK’s client', () => {
  it('submits, follows and reads a statement', async () => {
    const sent = await client.send(
      new ExecuteStatementCommand({
        ...target,
        Sql: 'select :n::int as n, null as nothing',
        Parameters: [{ name: 'n', value: '5' }],
        StatementName: 'sdk',
        WaitTimeSeconds: 20,
      }),
    );
    expect(sent.Status).toBe('FINISHED');
    expect(sent.CreatedAt).toBeInstanceOf(Date);
    const { Id } = sent;
    const described = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 1 }));
    expect(described).toMatchObject({ Id, Status: 'FINISHED', ResultRows: 1, HasResultSet: true });
    expect(described.UpdatedAt!.getTime()).toBeGreaterThanOrEqual(sent.CreatedAt!.getTime());
    const { Records, ColumnMetadata } = await client.send(new GetStatementResultCommand({ Id }));
    expect(Records).toEqual([[{ longValue: 5 }, { isNull: true }]]);
    expect(ColumnMetadata!.map(({ name }) => name)).toEqual(['n', 'nothing']);
    const { Statements } = await client.send(new ListStatementsCommand({ StatementName: 'sdk' }));
    expect(Statements).toEqual([expect.objectContaining({ Id, Status: 'FINISHED' })]);
  });

  it('throws the errors of its model', async () => {
    const Id = '00000000-0000-0000-0000-000000000000';
    await expect(client.send(new DescribeStatementCommand({ Id }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      ResourceId: Id,
    });
  });
});

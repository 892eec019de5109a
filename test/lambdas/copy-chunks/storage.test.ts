import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freeGiB } from '../../../lambdas/shared/copy/storage';

const NOW = Date.parse('2026-03-08T12:00:00Z');

describe('free storage of an instance', () => {
  let server: Server;
  let answer: { status: number; text: string };
  let asked: { request: IncomingMessage; form: URLSearchParams }[];
  const before = { ...process.env };
  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        asked.push({ request, form: new URLSearchParams(body) });
        response.writeHead(answer.status).end(answer.text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 'secret',
    });
  });
  afterEach(() => {
    process.env = { ...before };
    server.close();
  });

  it('is the last datum of its metric, asked for with a signature', async () => {
    answer = {
      status: 200,
      text: '<Values>\n<member>1.073741824E10</member><member>1</member></Values>',
    };
    expect(await freeGiB('eu-west-1', 'history-db', NOW)).toBe(10);
    const { request, form } = asked[0]!;
    expect(request.headers.authorization).toMatch(
      /AKID\/\d{8}\/eu-west-1\/monitoring\/aws4_request/,
    );
    expect(Object.fromEntries(form)).toMatchObject({
      Action: 'GetMetricData',
      StartTime: '2026-03-08T11:45:00.000Z',
      'MetricDataQueries.member.1.MetricStat.Metric.MetricName': 'FreeStorageSpace',
      'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value': 'history-db',
    });
  });

  it('is unknown where there is no datum, and not asked for without an instance', async () => {
    answer = { status: 200, text: '<Values/>' };
    expect(await freeGiB('eu-west-1', 'history-db', NOW)).toBeUndefined();
    expect(await freeGiB('eu-west-1', null, NOW)).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  it('names what CloudWatch says, and tries again only when it is busy', async () => {
    answer = { status: 403, text: '<Message>role x is not authorized to perform: a</Message>' };
    await expect(freeGiB('eu-west-1', 'db', NOW)).rejects.toThrow('role x is not authorized');
    answer = { status: 503, text: '' };
    await expect(freeGiB('eu-west-1', 'db', NOW)).rejects.toMatchObject({ name: 'TryAgainError' });
  });

  it('says which way is missing when nobody answers', async () => {
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
    await expect(freeGiB('eu-west-1', 'db', NOW)).rejects.toMatchObject({
      name: 'NetworkPathError',
    });
  });
});

// CloudWatch as the task that copies asks it: a signed form, without the SDK's client.

import { freeGiB } from '../../../lambdas/shared/copy/storage';
import { type MetricData, MetricsService } from '../../rehearsal/services/metrics';
import { region } from './house';
import { close, START, served } from './served';

const before = { ...process.env };
afterEach(async () => {
  process.env = { ...before };
  await close();
});

const free = (value: number): MetricData => ({
  namespace: 'AWS/RDS',
  name: 'FreeStorageSpace',
  dimensions: { DBInstanceIdentifier: 'csmh-1' },
  value,
});

/** Lets the task's environment lead to the stand-in. */
async function world(metrics: MetricData[], actions: string[] = ['cloudwatch:GetMetricData']) {
  const rights = { Effect: 'Allow', Action: actions, Resource: '*' } as const;
  const { config } = await served(({ clock }) => [new MetricsService(clock, metrics)], [rights]);
  const { endpoint, credentials } = config();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  });
}
const NOW = START + 30_000;

it('tells the last datum of a metric of just these dimensions', async () => {
  await world([{ ...free(1), dimensions: {} }, free(10 * 2 ** 30)]);
  expect(await freeGiB(region, 'csmh-1', NOW)).toBe(10);
  expect(await freeGiB(region, 'csmh-2', NOW)).toBeUndefined();
});

it('tells what a test has made of it meanwhile', async () => {
  const metric = free(2 ** 30);
  await world([metric]);
  metric.value = 2 ** 31;
  expect(await freeGiB(region, 'csmh-1', NOW)).toBe(2);
});

it('has no datum after the last of its minutes', async () => {
  await world([free(1)]);
  expect(await freeGiB(region, 'csmh-1', NOW + 3_600_000)).toBeUndefined();
});

it('refuses who may not ask', async () => {
  await world([free(1)], ['cloudwatch:PutMetricData']);
  await expect(freeGiB(region, 'csmh-1', NOW)).rejects.toThrow(/GetMetricData/);
});

// BatchedProcedure and RedshiftStatement over days of virtual time: histories that do not grow with
// the batches, and few transitions.

import {
  DEMO,
  eventCounts,
  removeAssemblies,
  start,
  startCloud,
  stopClouds,
  synthesize,
} from './support';

afterEach(stopClouds);
afterAll(removeAssemblies);

const DAY_MS = 86_400_000;

it('10,000 ordered batches of 60 s: 167 hours, each batch once, no execution above 5,000 events', async () => {
  const cloud = await startCloud({
    assemblyDir: synthesize('batches', { CDK_CONTEXT_JSON: '{"batches":10000}' }),
    scenarioDir: DEMO,
    clock: 'virtual',
    faults: ['kind=delay,sql=work(,seconds=60'],
  });
  const began = cloud.clock.now();
  const arn = start(cloud, 'demo-ordered', {});
  const { status, cause } = await cloud.engine.finished(arn);
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  const [row] = await cloud.query(
    'select count(*) as calls, count(distinct batch) as batches from demo.calls',
  );
  expect(row).toEqual({ calls: '10000', batches: '10000' });
  expect(cloud.clock.now() - began).toBeGreaterThan(166 * 3_600_000);
  const counts = eventCounts(cloud, arn);
  process.stdout.write(
    `figure: 10,000 batches, largest history ${counts[0]} events, ${((cloud.clock.now() - began) / DAY_MS).toFixed(1)} virtual days\n`,
  );
  expect(counts[0]).toBeLessThanOrEqual(5_000);
});

it('one statement of 20 hours: at most 10 transitions an hour, and one statement', async () => {
  const cloud = await startCloud({
    assemblyDir: synthesize('batches'),
    scenarioDir: DEMO,
    clock: 'virtual',
    faults: ['kind=delay,sql=long_work,seconds=72000'],
  });
  const arn = start(cloud, 'demo-long', {});
  const { status } = await cloud.engine.finished(arn);
  expect(status).toBe('SUCCEEDED');
  const counts = eventCounts(cloud, arn);
  // Two transitions a turn of seven events.
  expect((counts[0]! / 7) * 2).toBeLessThanOrEqual(20 * 10);
  expect(await cloud.query('select count(*) as calls from demo.calls')).toEqual([{ calls: '1' }]);
});

it('batches without order run in groups, each once', async () => {
  const cloud = await startCloud({
    assemblyDir: synthesize('batches', { CDK_CONTEXT_JSON: '{"batches":95}' }),
    scenarioDir: DEMO,
    clock: 'virtual',
    faults: ['kind=delay,sql=work(,seconds=60'],
  });
  const { status, cause } = await cloud.engine.finished(start(cloud, 'demo-unordered', {}));
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  const [row] = await cloud.query(
    'select count(*) as calls, count(distinct batch) as batches from demo.calls',
  );
  expect(row).toEqual({ calls: '95', batches: '95' });
});

it('a group that fails stops no other, and a redrive starts only that one', async () => {
  const cloud = await startCloud({
    assemblyDir: synthesize('batches', { CDK_CONTEXT_JSON: '{"batches":50}' }),
    scenarioDir: DEMO,
    clock: 'virtual',
    faults: ['kind=error,sql=work(,nth=7,message=disk full'],
  });
  const arn = start(cloud, 'demo-unordered', {});
  const failed = await cloud.engine.finished(arn);
  expect(failed.error).toBe('ItemsLeftError');
  expect(failed.cause).toContain('disk full');
  const [before] = await cloud.query('select count(*) as calls from demo.calls');
  expect(Number(before!.calls)).toBeGreaterThanOrEqual(40);
  cloud.engine.redrive(arn);
  expect((await cloud.engine.finished(arn)).status).toBe('SUCCEEDED');
  const [after] = await cloud.query(
    'select count(*) as calls, count(distinct batch) as batches from demo.calls',
  );
  expect(after).toEqual({ calls: '50', batches: '50' });
});

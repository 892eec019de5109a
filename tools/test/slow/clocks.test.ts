// The virtual clock changes how long a rehearsal takes and nothing else: what happens, and in which
// order, is the same as in real time.

import type { Cloud } from '../../rehearsal/cloud';
import {
  CLICKSTREAM,
  removeAssemblies,
  start,
  startCloud,
  stopClouds,
  synthesize,
  variant,
} from './support';

/** One small window and a refused first call: retries with their delays are part of the order. */
const INPUT = {
  appIds: ['shop'],
  migration: { days: 10, batchDays: 5, baseViewBatchHours: 240 },
  quietPeriod: false,
  dryRun: false,
};
const FAULTS = [
  'kind=error,task=PreflightMigration,error=Lambda.ServiceException,nth=1',
  'kind=lost-answer,service=redshift-data,operation=ExecuteStatement,task=RunBatches,nth=2',
];

afterEach(stopClouds);
afterAll(removeAssemblies);

/** Types and states of the events of an execution and, in their places, of its children. */
function story(cloud: Cloud, arn: string): unknown[] {
  const children = cloud.engine
    .listMapRuns(arn, { maxResults: 100 })
    .items.reverse()
    .flatMap(
      ({ mapRunArn }) => cloud.engine.listExecutions({ mapRunArn: String(mapRunArn) }).items,
    );
  const events = cloud.engine.history(arn, { maxResults: 1000 }).items.map((event) => {
    const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event as Record<
      string,
      { name: string } | undefined
    >;
    return [event.type, (entered ?? exited)?.name].filter(Boolean).join(' ');
  });
  return [events, ...children.map(({ executionArn }) => story(cloud, executionArn))];
}

async function play(assemblyDir: string, scenarioDir: string, clock: 'real' | 'virtual') {
  const options = { assemblyDir, scenarioDir, clock, rows: 200, faults: FAULTS };
  const cloud = await startCloud(options);
  const from = cloud.clock.now();
  const arn = start(cloud, 'example-clickstream-data-migration', INPUT);
  const { status, redriveCount } = await cloud.engine.finished(arn);
  // Ids of runs and times differ from run to run; what a statement does for which batch does not.
  const statements = await cloud.query(
    `select regexp_replace(query_text, '^/\\*.*?\\*/\\s*', '') as text
     from rehearsal.query_history where query_text like '/*%' order by query_id`,
  );
  return {
    status,
    redriveCount,
    faults: cloud.faults.applied.length,
    story: story(cloud, arn),
    statements: statements.map(({ text }) => text),
    seconds: (cloud.clock.now() - from) / 1000,
  };
}

it('a run has the same events, children and statements in the same order in both times', async () => {
  const assembly = synthesize('clickstream', { APP_IDS: 'shop' });
  const scenario = variant(CLICKSTREAM, {});
  const real = await play(assembly, scenario, 'real');
  const virtual = await play(assembly, scenario, 'virtual');
  expect({ ...real, story: 0, statements: 0 }).toMatchObject({ status: 'SUCCEEDED', faults: 2 });
  expect(real.statements.length).toBeGreaterThan(10);
  expect(virtual).toEqual({ ...real, seconds: expect.any(Number) });
});

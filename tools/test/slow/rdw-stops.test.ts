// A back-fill that is stopped in each of its states: redriven it ends as if it had not been; given up, the
// regular job is as before, the table is the old or the new one, and a new run does the rest.

import type { Cloud } from '../../rehearsal/cloud';
import {
  allSeen,
  approving,
  BACKFILL,
  done,
  ended,
  INPUT,
  instance,
  leftTables,
  pod,
  reach,
  run,
  type Seen,
} from './rdw-support';
import { removeAssemblies, runOf, start, stopClouds, synthesize } from './support';

const ONE = { ...INPUT, tenants: ['PA'] };

/** States in which something has begun, in their order. */
const STATES = [
  'Ask at gate maintenance-window',
  'Wait for regular jobs on their way',
  'Take the pod of the regular job away',
  'Look for what regular jobs have left',
  'Read the tables of all tenants',
  'Take the high-water mark',
  'Run unloads of alt scores',
  'Extract alt scores',
  'Run creations of the staging table',
  'Run copies of extracted scores',
  'Compare the load with the warehouse',
  'Assert that no regular job has run',
  'Run swaps of alt scores',
  'Compare what reports read with the load',
  'Run vacuum and analyze',
  'Run drops of the staging table',
  'Compare the tables of the other tenants',
  'Give the regular job its pod back',
];

describe('a back-fill that is stopped', () => {
  let assemblyDir: string;
  let cloud: Cloud;
  let before: Record<string, Seen>;
  let after: Record<string, Seen>;

  beforeAll(async () => {
    assemblyDir = synthesize('rdw');
    const clean = await instance(assemblyDir);
    before = await allSeen(clean);
    expect(await run(clean, BACKFILL, ONE)).toMatchObject(done);
    after = await allSeen(clean);
    await stopClouds();
  }, 200_000);
  beforeEach(async () => {
    cloud = await instance(assemblyDir);
  });
  afterEach(stopClouds);
  afterAll(removeAssemblies);

  /** Stops a run when it has entered a state. */
  async function stoppedIn(state: string, change = {}): Promise<string> {
    const arn = start(cloud, BACKFILL, { ...ONE, ...change });
    const silence = approving(cloud);
    await reach(cloud, arn, state);
    silence();
    if (cloud.engine.describeExecution(arn).status === 'RUNNING') cloud.engine.stop(arn);
    await cloud.clock.sleep(120_000);
    const running = await cloud.query(
      "select query_text from rehearsal.query_history where end_time is null and query_text like '/*%'",
    );
    expect(running).toEqual([]);
    return arn;
  }

  /** Stops a run in a state that it cannot leave before. */
  async function heldIn(state: string, change = {}): Promise<string> {
    cloud.faults.arm({ kind: 'delay', state, seconds: 600, nth: 1 });
    return stoppedIn(state, change);
  }
  const objectsOf = (runId: string) =>
    cloud.store.list('rdw-qa-archive').filter((key) => key.includes(runId));
  const writing = () =>
    cloud.mysql!.query(
      "select id from information_schema.processlist where info like '/* run% extract %'",
    );

  it.each(STATES)(
    'in "%s" and redriven: it ends as a run that was not',
    async (state) => {
      const arn = await stoppedIn(state);
      cloud.engine.redrive(arn);
      expect(await ended(cloud, arn)).toEqual(done);
      expect(await allSeen(cloud)).toEqual(after);
      expect(pod(cloud).replicas).toBe(1);
      expect(cloud.problems).toEqual([]);
    },
    200_000,
  );

  it.each(STATES.filter((state) => /^(Take the pod|Extract|Run (copies|swaps))/.test(state)))(
    'in "%s" and given up: the regular job is as before, and a new run does the rest',
    async (state) => {
      const arn = await stoppedIn(state);
      const release = await run(cloud, 'example-rdw-release', { run: runOf(cloud, arn) });
      expect(release).toMatchObject(done);
      expect(pod(cloud).replicas).toBe(1);
      const left = await allSeen(cloud);
      expect([before, after]).toContainEqual(left);
      expect(await leftTables(cloud)).toEqual([]);
      const again = await run(cloud, BACKFILL, ONE);
      expect(again).toMatchObject(done);
      expect([await allSeen(cloud), pod(cloud).replicas]).toEqual([after, 1]);
    },
    200_000,
  );

  it('given up, it leaves neither tables nor, after its days, objects, and can be continued before', async () => {
    const arn = await heldIn('Compare the load with the warehouse');
    const given = runOf(cloud, arn);
    expect(await leftTables(cloud)).toHaveLength(1);
    expect(objectsOf(given)).not.toEqual([]);
    const release = await run(cloud, 'example-rdw-release', { run: given });
    expect(release).toMatchObject(done);
    expect(await leftTables(cloud)).toEqual([]);
    expect(objectsOf(given)).not.toEqual([]);
    const next = await run(cloud, BACKFILL, { ...ONE, continueRun: given });
    expect(next).toMatchObject(done);
    expect(await allSeen(cloud)).toEqual(after);
    const expiry = cloud
      .machineArn('example-rdw-object-expiry')
      .replace(':stateMachine:', ':execution:');
    expect(await ended(cloud, `${expiry}:${given}`)).toEqual(done);
    expect(objectsOf(given)).toEqual([]);
    expect(cloud.problems).toEqual([]);
  }, 200_000);

  it('given up with objects that are kept for no day, it leaves nothing at once', async () => {
    const arn = await heldIn('Run copies of extracted scores', { keepObjectsDays: 0 });
    const given = runOf(cloud, arn);
    expect(await run(cloud, 'example-rdw-release', { run: given })).toMatchObject(done);
    await cloud.clock.sleep(120_000);
    expect([await leftTables(cloud), objectsOf(given)]).toEqual([[], []]);
  }, 200_000);

  it('stopped while its worker is dead and MySQL writes on: the statement is ended, and the redrive runs it again', async () => {
    cloud.faults.arm({ kind: 'delay', sql: 'outfile', seconds: 3_600, nth: 1 });
    const arn = start(cloud, BACKFILL, ONE);
    const silence = approving(cloud);
    await reach(cloud, arn, 'Extract alt scores');
    while ((await writing()).length === 0) await cloud.clock.sleep(500);
    silence();
    // It dies when it is about to learn that it was stopped.
    const question = { service: 'states', operation: 'DescribeExecution', nth: 1 };
    cloud.faults.arm({ kind: 'kill', task: 'ExtractSlices', ...question });
    cloud.engine.stop(arn);
    await cloud.clock.sleep(60_000);
    expect(await writing()).toEqual([]);
    cloud.engine.redrive(arn);
    expect(await ended(cloud, arn)).toEqual(done);
    expect(await allSeen(cloud)).toEqual(after);
  }, 200_000);
});

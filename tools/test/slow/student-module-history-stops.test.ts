// A migration that fails in each of its states and is redriven, also after hours and days; one that is given up,
// one that another execution continues; and the removal of the old rows.

import type { Cloud } from '../../rehearsal/cloud';
import {
  compared,
  done,
  ended,
  equal,
  INPUT,
  lms,
  MIGRATION,
  NEW,
  OLD,
  REMOVAL,
  reach,
  redriven,
  run,
  STACK,
  source,
  target,
  taskStates,
} from './student-module-history-support';
import { arm, removeAssemblies, runOf, start, stopClouds, synthesize } from './support';

const ONE = { ...INPUT, workers: 1 };
const DENIED = 'kind=denied,task=CopyChunks,service=mysql,operation=Connect,nth=1,times=2';

describe('a migration of the student module history that is stopped', () => {
  let assemblyDir: string;
  let cloud: Cloud;
  let states: readonly string[];

  beforeAll(async () => {
    assemblyDir = synthesize('student-module-history');
    cloud = await lms(assemblyDir);
    const { arn, ...end } = await run(cloud, MIGRATION, ONE);
    expect(end).toEqual(done);
    states = taskStates(cloud, arn);
    await stopClouds();
  }, 300_000);
  beforeEach(async () => {
    cloud = await lms(assemblyDir);
  });
  afterEach(async () => {
    expect(cloud.problems).toEqual([]);
    await stopClouds();
  });
  afterAll(removeAssemblies);

  /** Nothing is lost, nothing is there twice or that was not, and learners went on. */
  async function expectMoved(): Promise<void> {
    const { rows, live, ...differences } = await compared(cloud);
    expect(differences).toEqual(equal);
    expect([rows > 300, live > 0]).toEqual([true, true]);
  }

  it.each([
    ['at once', 0],
    ['after 8 hours', 8],
    ['after 13 days', 13 * 24],
  ])(
    'fails once in each of its states, is redriven %s each time, and moves all rows',
    async (_, hours) => {
      expect(states.length).toBeGreaterThan(15);
      for (const state of states)
        arm(cloud, `kind=error,state=${state},error=FaultOfTheRehearsal,nth=1`);
      const arn = start(cloud, MIGRATION, ONE);
      const ends = await redriven(cloud, arn, 2 * states.length, hours);
      expect(ends.at(-1)).toEqual(done);
      expect(cloud.faults.applied).toHaveLength(states.length);
      await expectMoved();
    },
  );

  it('one that is given up cannot be redriven, and leaves nobody locked out', async () => {
    arm(cloud, DENIED);
    const { arn, status } = await run(cloud, MIGRATION, ONE);
    expect(status).toBe('FAILED');
    const released = await run(cloud, `${STACK}-release`, { run: runOf(cloud, arn) });
    expect(released).toMatchObject(done);
    cloud.engine.redrive(arn);
    expect((await ended(cloud, arn)).cause).toMatch(/given up|released/i);
    expect(await run(cloud, MIGRATION, ONE)).toMatchObject(done);
    await expectMoved();
  });

  it('one that failed is continued by another execution, from its checkpoint', async () => {
    arm(
      cloud,
      'kind=error,state=Plan the next pass behind the copy,error=FaultOfTheRehearsal,nth=1',
    );
    const first = await run(cloud, MIGRATION, ONE);
    expect(first.status).toBe('FAILED');
    const continueRun = runOf(cloud, first.arn);
    expect(await run(cloud, MIGRATION, { ...ONE, continueRun })).toMatchObject(done);
    await expectMoved();
    cloud.engine.redrive(first.arn);
    expect((await ended(cloud, first.arn)).status).toBe('FAILED');
  });

  it('a second migration is refused while the first has failed: lease of the table', async () => {
    arm(cloud, DENIED);
    const first = await run(cloud, MIGRATION, ONE);
    const second = await run(cloud, MIGRATION, ONE);
    expect([first.status, second.status, second.cause]).toEqual([
      'FAILED',
      'FAILED',
      expect.stringContaining(runOf(cloud, first.arn)),
    ]);
  });

  it('stopped in the middle of the copy: nothing goes on, and a redrive ends it', async () => {
    arm(cloud, 'kind=delay,seconds=600,task=CopyChunks,sql=insert into `edxapp_csmh`,nth=1');
    const arn = start(cloud, MIGRATION, ONE);
    const ending = ended(cloud, arn);
    await reach(cloud, arn, 'Copy chunks of history');
    await cloud.clock.sleep(5_000);
    cloud.engine.stop(arn);
    expect((await ending).status).toBe('ABORTED');
    await cloud.clock.sleep(60_000);
    const [{ n } = { n: 0 }] = await target(cloud).query(
      `select count(*) as n from ${NEW} where id < 1003010000`,
    );
    await cloud.clock.sleep(1_200_000);
    expect(
      await target(cloud).query(`select count(*) as n from ${NEW} where id < 1003010000`),
    ).toEqual([{ n }]);
    cloud.engine.redrive(arn);
    expect(await ended(cloud, arn)).toEqual(done);
    await expectMoved();
  });

  describe('then the old rows', () => {
    let removal: Record<string, unknown>;
    beforeEach(async () => {
      const { arn, ...end } = await run(cloud, MIGRATION, ONE);
      expect(end).toEqual(done);
      removal = {
        migrationOf: runOf(cloud, arn),
        snapshotId: 'rds:edxapp-2026',
        confirm: OLD,
        method: 'drain',
        niceRatio: 0,
      };
    });
    const left = async () =>
      Number((await source(cloud).query(`select count(*) as n from ${OLD}`))[0]!.n);

    it.each(['drain', 'truncate'])(
      'go by %s, all of them, and no new one is touched',
      async (method) => {
        const before = await target(cloud).query(
          `select count(*) as n from ${NEW} where id < 1003010000`,
        );
        expect(await run(cloud, REMOVAL, { ...removal, method })).toMatchObject(done);
        expect(await left()).toBe(0);
        expect(
          await target(cloud).query(`select count(*) as n from ${NEW} where id < 1003010000`),
        ).toEqual(before);
      },
    );

    it('go although it fails once in each of its states', async () => {
      const { arn } = await run(cloud, REMOVAL, { ...removal, dryRun: true });
      expect(await left()).toBeGreaterThan(300);
      const clean = taskStates(cloud, arn);
      expect(clean.length).toBeGreaterThan(1);
      for (const task of ['CopyChunks', 'DrainRows', 'ReadMigration', 'OpenGate', 'SettleItems']) {
        arm(cloud, `kind=error,task=${task},error=FaultOfTheRehearsal,nth=1`);
      }
      const next = start(cloud, REMOVAL, removal);
      expect((await redriven(cloud, next, 10)).at(-1)).toEqual(done);
      expect(await left()).toBe(0);
    });

    it('stay where one of them differs in the new table', async () => {
      await target(cloud).query(`update ${NEW} set grade = 0.7 where id = 2460050`);
      const { status, cause } = await run(cloud, REMOVAL, removal);
      expect([status, cause]).toEqual(['FAILED', expect.stringMatching(/2460050/)]);
      expect(await left()).toBeGreaterThan(300);
    });

    it('stay when somebody has typed another name', async () => {
      const { status } = await run(cloud, REMOVAL, { ...removal, confirm: 'edxapp.other' });
      expect([status, (await left()) > 300]).toEqual(['FAILED', true]);
    });
  });
});

// The history moves while the LMS goes on writing, as its people and its operators meet it.

import type { Cloud } from '../../rehearsal/cloud';
import {
  checkpoints,
  compared,
  done,
  ended,
  equal,
  INPUT,
  ledgerOf,
  lms,
  MIGRATION,
  meanwhile,
  NEW,
  reach,
  redriven,
  run,
  said,
  target,
} from './student-module-history-support';
import { removeAssemblies, start, stopClouds, synthesize } from './support';

/** Those of the scenario. */
const PASSWORDS = ['history', 'admin', 'edxapp', 'migrate'].map((user) => `rehearsal-${user}`);

describe('the migration of the student module history', () => {
  let assemblyDir: string;
  let cloud: Cloud;

  beforeAll(() => {
    assemblyDir = synthesize('student-module-history');
  });
  afterEach(async () => {
    expect(cloud.problems).toEqual([]);
    await stopClouds();
  });
  afterAll(removeAssemblies);

  it.each([
    ['another server', undefined],
    ['the same server', 'one-server'],
  ])('to %s: every row arrives as it was, and those of learners stay', async (_, account) => {
    cloud = await lms(assemblyDir, account, 1500);
    expect(await run(cloud, MIGRATION, INPUT)).toMatchObject(done);
    const { rows, live, ...differences } = await compared(cloud);
    expect(differences).toEqual(equal);
    expect([rows > 1500, live > 20]).toEqual([true, true]);
    expect(await checkpoints(cloud)).toContainEqual(
      expect.objectContaining({ phase: 'verify', done: 1 }),
    );
  });

  it('D10 a live source is copied while it is written to, rows that commit late included', async () => {
    cloud = await lms(assemblyDir);
    expect(await run(cloud, MIGRATION, { ...INPUT, liveSource: true })).toMatchObject(done);
    const { rows, live, ...differences } = await compared(cloud);
    expect(differences).toEqual(equal);
    expect([rows > 300, live > 0]).toEqual([true, true]);
    const locking = /lock tables|for update|for share|share mode/i;
    // One statement looks whether newest rows are committed yet, and locks them as long as it takes.
    const about = said(cloud).filter(
      (sql) =>
        sql.includes('`courseware_studentmodulehistory`') && !sql.includes('mysql-unsettled-rows'),
    );
    expect(about.length).toBeGreaterThan(10);
    expect(about.filter((sql) => locking.test(sql))).toEqual([]);
  });

  it('D9 no password is in a statement, a log, a notice, a history, or the ledger', async () => {
    cloud = await lms(assemblyDir);
    const { arn, ...end } = await run(cloud, MIGRATION, INPUT);
    expect(end).toEqual(done);
    const history = cloud.engine.history(arn, { maxResults: 1000 }).items;
    const traces = { history, logs: cloud.logs, notices: cloud.notices, said: said(cloud) };
    const text = JSON.stringify({ ...traces, ledger: await ledgerOf(cloud) });
    const found = ['copied#verify', ...PASSWORDS].filter((one) => text.includes(one));
    expect(found).toEqual(['copied#verify']);
  });

  it('D11 a row that changes after its copy keeps the migration from its end, and is named', async () => {
    cloud = await lms(assemblyDir);
    const damage = `update ${NEW} set state = concat(state, ' ') where id = 2460050`;
    meanwhile(cloud, 'Mark the range of history to copy done', damage);
    const { arn, status, cause } = await run(cloud, MIGRATION, { ...INPUT, workers: 1 });
    expect([status, cause]).toEqual(['FAILED', expect.stringMatching(/2460050 differs in state/)]);
    expect(cause).not.toMatch(/seed|answer/);
    await target(cloud).query(
      `update ${NEW} set state = left(state, char_length(state) - 1) where id = 2460050`,
    );
    expect((await redriven(cloud, arn, 1)).at(-1)).toEqual(done);
    expect(await compared(cloud)).toMatchObject(equal);
  });

  it('both tables may stay readable: nobody is asked to flip reads', async () => {
    cloud = await lms(assemblyDir);
    expect(await run(cloud, MIGRATION, { ...INPUT, readFrom: 'both' })).toMatchObject(done);
    expect(cloud.notices.map(({ subject }) => subject)).not.toContainEqual(
      expect.stringMatching(/asks: flip-reads/),
    );
    expect(await compared(cloud)).toMatchObject(equal);
  });

  it('O1 colliding ids: the overlap is refused, and no row of a learner is touched', async () => {
    cloud = await lms(assemblyDir, 'colliding-ids');
    const { status, cause } = await run(cloud, MIGRATION, INPUT);
    expect([status, cause]).toEqual(['FAILED', expect.stringMatching(/2460010/)]);
    expect(await target(cloud).query(`select count(*) as n from ${NEW}`)).toEqual([{ n: 5 }]);
  });

  it('B16 a dry run changes nothing anywhere', async () => {
    cloud = await lms(assemblyDir);
    expect(await run(cloud, MIGRATION, { ...INPUT, dryRun: true })).toMatchObject(done);
    expect(await target(cloud).query("show databases like 'edxapp_csmh'")).toEqual([]);
  });

  it('B8 an instance of RDS with little free storage: nothing is written until it has more', async () => {
    const assembly = synthesize('student-module-history', { DB_INSTANCE: 'edxapp-csmh-1' });
    cloud = await lms(assembly, 'rds-instance');
    const [storage] = cloud.scenario.metrics!;
    const arn = start(cloud, MIGRATION, { ...INPUT, workers: 1, minFreeGiB: 20 });
    const end = ended(cloud, arn);
    await reach(cloud, arn, 'Copy chunks of history');
    await cloud.clock.sleep(3_600_000);
    expect(
      await target(cloud).query(`select count(*) as n from ${NEW} where id < 1003010000`),
    ).toEqual([{ n: 0 }]);
    storage!.value = 30 * 2 ** 30;
    expect(await end).toEqual(done);
    const [row] = await target(cloud).query(
      "select group_concat(paused) as paused from edxapp_csmh.upgrade_runbooks_copy where phase = 'copy'",
    );
    expect(row!.paused).toMatch(/"storage":3\d\d\d/);
    expect(await compared(cloud)).toMatchObject(equal);
  });
});

// The back-fill of alt scores as its readers and its operators meet it: seen throughout, failing at a tenant,
// taken back, given up and continued.

import type { Cloud } from '../../rehearsal/cloud';
import {
  allSeen,
  approving,
  BACKFILL,
  childOf,
  done,
  ended,
  INPUT,
  instance,
  leftTables,
  pod,
  reach,
  run,
  type Seen,
  TENANTS,
} from './rdw-support';
import {
  arm,
  enteredStates,
  removeAssemblies,
  runOf,
  start,
  stopClouds,
  synthesize,
} from './support';

describe('the machines of rdw', () => {
  let assemblyDir: string;
  let cloud: Cloud;
  let before: Record<string, Seen>;

  beforeAll(() => {
    assemblyDir = synthesize('rdw');
  });
  beforeEach(async () => {
    cloud = await instance(assemblyDir);
    before = await allSeen(cloud);
  });
  afterEach(stopClouds);
  afterAll(removeAssemblies);

  it('W1 readers never see the table empty, nor half swapped, nor rows of another tenant', async () => {
    const reads: Promise<Record<string, Seen>>[] = [];
    const silence = cloud.onCall(({ service }) => {
      if (service === 'redshift-data') reads.push(allSeen(cloud));
    });
    expect(await run(cloud, BACKFILL, INPUT)).toMatchObject(done);
    silence();
    const samples = await Promise.all(reads);
    const after = await allSeen(cloud);
    for (const tenant of TENANTS) {
      const digests = samples.map((one) => one[tenant]!.digest);
      const changes = digests.filter((digest, i) => i > 0 && digest !== digests[i - 1]);
      expect([tenant, changes.length <= 1]).toEqual([tenant, true]);
      expect(new Set(digests).size).toBeLessThanOrEqual(2);
      expect([before[tenant]!.digest, after[tenant]!.digest]).toEqual(
        expect.arrayContaining([...new Set(digests)]),
      );
    }
    expect(samples.length).toBeGreaterThan(100);
    expect(after.PA!.rows).toBeGreaterThan(before.PA!.rows);
    expect([after.NV, after.TS_S001]).toEqual([before.NV, before.TS_S001]);
    expect(await leftTables(cloud)).toEqual([]);
    expect(cloud.problems).toEqual([]);
  }, 200_000);

  it('W19 the backup brings exactly the old rows back, and its own backup the new ones', async () => {
    const first = await run(cloud, BACKFILL, { ...INPUT, tenants: ['PA'] });
    const filled = await allSeen(cloud);
    const restore = (backupOf: string) =>
      run(cloud, 'example-rdw-restore', { tenants: ['PA'], backupOf });
    const back = await restore(runOf(cloud, first.arn));
    expect(back).toMatchObject(done);
    expect(await allSeen(cloud)).toEqual(before);
    expect(await restore(runOf(cloud, back.arn))).toMatchObject(done);
    expect(await allSeen(cloud)).toEqual(filled);
    expect(pod(cloud).replicas).toBe(1);
    expect(await leftTables(cloud)).toEqual([]);
  }, 200_000);

  it('W26 running twice: a second run replaces, and ends with the same rows', async () => {
    expect(await run(cloud, BACKFILL, INPUT)).toMatchObject(done);
    const once = await allSeen(cloud);
    expect(await run(cloud, BACKFILL, INPUT)).toMatchObject(done);
    expect(await allSeen(cloud)).toEqual(once);
  }, 200_000);

  /** A COPY of tenant PA that Redshift refuses. */
  const breakLoad = () =>
    arm(
      cloud,
      'kind=error,service=redshift-data,sql=copy "reporting_pa",error=ValidationException,nth=1,times=1',
    );

  it('W25 restart forgotten when a tenant fails: the pod stays away until the redrive has ended, which gives it back', async () => {
    breakLoad();
    const { arn, status, cause } = await run(cloud, BACKFILL, INPUT);
    expect([status, cause]).toEqual(['FAILED', expect.stringContaining('PA')]);
    const between = await allSeen(cloud);
    expect([between.PA, pod(cloud).replicas]).toEqual([before.PA, 0]);
    expect(between.CA).not.toEqual(before.CA);
    cloud.engine.redrive(arn);
    expect(await ended(cloud, arn)).toEqual(done);
    expect((await allSeen(cloud)).CA).toEqual(between.CA);
    expect(pod(cloud).replicas).toBe(1);
  }, 200_000);

  it('with policy stop no tenant begins after one that failed, and a redrive goes on with it', async () => {
    breakLoad();
    const tenants = ['PA', 'CA'];
    const { arn, status } = await run(cloud, BACKFILL, {
      ...INPUT,
      tenants,
      onTenantFailure: 'stop',
    });
    expect([status, await allSeen(cloud)]).toEqual(['FAILED', before]);
    cloud.engine.redrive(arn);
    expect(await ended(cloud, arn)).toEqual(done);
    const after = await allSeen(cloud);
    expect(after.PA!.rows).toBeGreaterThan(before.PA!.rows);
    expect(after.CA!.rows).toBeGreaterThan(before.CA!.rows);
  }, 200_000);

  it('a released run is not redriven; continueRun quiesces again and takes a new high-water mark', async () => {
    arm(cloud, 'kind=delay,seconds=300,service=redshift-data,sql=copy "reporting_pa",nth=1');
    const arn = start(cloud, BACKFILL, { ...INPUT, tenants: ['CA', 'PA'] });
    const silence = approving(cloud);
    await reach(cloud, arn, 'Mark the tenant done');
    await cloud.clock.sleep(6_000);
    silence();
    cloud.engine.stop(arn);
    await cloud.clock.sleep(120_000);
    const runId = runOf(cloud, arn);
    expect(pod(cloud).replicas).toBe(0);
    expect(await run(cloud, 'example-rdw-release', { run: runId })).toMatchObject(done);
    expect(pod(cloud).replicas).toBe(1);
    const ca = (await allSeen(cloud)).CA;
    // The regular job works again, and comes further.
    await cloud.mysql!.query(
      `insert into migrate_olap_pa.migrate (job_id, status, first_at, last_at, size) values (104, 20, '2022-07-01 01:00:00', '2022-07-02 12:00:00', 5)`,
    );
    cloud.engine.redrive(arn);
    const again = await ended(cloud, arn);
    expect([again.status, again.cause]).toEqual(['FAILED', expect.stringContaining('continueRun')]);
    const next = await run(cloud, BACKFILL, {
      ...INPUT,
      tenants: ['CA', 'PA'],
      continueRun: runId,
    });
    expect(next).toMatchObject(done);
    expect(enteredStates(cloud, next.arn)).toContain('Take the pod of the regular job away');
    const after = await allSeen(cloud);
    expect(after.CA).toEqual(ca);
    const marks = JSON.stringify(
      cloud.engine.history(childOf(cloud, next.arn), { maxResults: 1000 }),
    );
    expect(marks).toContain('2022-07-02 12:00:00.000000');
    expect(pod(cloud).replicas).toBe(1);
  }, 200_000);

  it('a failed run is continued by a new execution: what is done stays done, and is not called touched', async () => {
    breakLoad();
    const tenants = ['CA', 'PA'];
    const first = await run(cloud, BACKFILL, { ...INPUT, tenants });
    const ca = (await allSeen(cloud)).CA;
    expect([first.status, ca]).toEqual(['FAILED', expect.not.objectContaining(before.CA!)]);
    const continueRun = runOf(cloud, first.arn);
    expect(await run(cloud, BACKFILL, { ...INPUT, tenants, continueRun })).toMatchObject(done);
    const after = await allSeen(cloud);
    expect([after.CA, pod(cloud).replicas]).toEqual([ca, 1]);
    expect(after.PA!.rows).toBeGreaterThan(before.PA!.rows);
  }, 200_000);

  it('a redrive of a failed swap asks again whether a job has run', async () => {
    arm(
      cloud,
      'kind=error,service=redshift-data,operation=BatchExecuteStatement,error=ValidationException,nth=1,times=1',
    );
    const { arn, status } = await run(cloud, BACKFILL, { ...INPUT, tenants: ['PA'] });
    expect([status, await allSeen(cloud)]).toEqual(['FAILED', before]);
    await cloud.query('update reporting_pa.exam set migrate_id = 4 where id % 50 = 0');
    cloud.engine.redrive(arn);
    const { cause } = await ended(cloud, arn);
    expect(cause).toMatch(/check-exams.*a job has run/);
    expect(await allSeen(cloud)).toEqual(before);
  }, 200_000);

  it('W14 migrate-olap running between extract and load: the swap is refused, the table is as it was', async () => {
    arm(cloud, 'kind=delay,seconds=60,service=redshift-data,sql=copy "reporting_pa",nth=1');
    const arn = start(cloud, BACKFILL, { ...INPUT, tenants: ['PA'] });
    const silence = approving(cloud);
    await reach(cloud, arn, 'Extract alt scores');
    await cloud.mysql!.query(
      `insert into migrate_olap_pa.migrate (job_id, status, first_at, last_at, size) values (104, 20, '2022-07-01 01:00:00', '2022-07-02 12:00:00', 5)`,
    );
    const { status, cause } = await ended(cloud, arn);
    silence();
    expect([status, cause]).toEqual(['FAILED', expect.stringContaining('continueRun')]);
    expect(await allSeen(cloud)).toEqual(before);
  }, 200_000);

  it('a dry run changes nothing anywhere', async () => {
    const { arn, ...end } = await run(cloud, BACKFILL, { ...INPUT, dryRun: true });
    expect(end).toEqual(done);
    expect(await allSeen(cloud)).toEqual(before);
    expect([pod(cloud).replicas, await leftTables(cloud)]).toEqual([1, []]);
    expect(enteredStates(cloud, arn).filter(Boolean).at(-1)).toBe('Report the plan');
  }, 200_000);

  it('a second run is refused while the first has failed: lease of the instance', async () => {
    breakLoad();
    const first = await run(cloud, BACKFILL, { ...INPUT, tenants: ['PA'] });
    const second = await run(cloud, BACKFILL, { ...INPUT, tenants: ['CA'] });
    expect([first.status, second.status, second.cause]).toEqual([
      'FAILED',
      'FAILED',
      expect.stringContaining(runOf(cloud, first.arn)),
    ]);
  }, 200_000);
});

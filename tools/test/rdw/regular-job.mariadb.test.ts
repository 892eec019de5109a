// The regular job against real engines: waited for while it has its pod, refused when it died, seen when it ran
// after all; and the mark up to which it has come.

import { type AwaitMigrateDeps, awaitMigrate } from '../../../lambdas/await-migrate/core';
import type { AwaitMigratePayload, AwaitPhase } from '../../../lambdas/await-migrate/payload';
import { DeploymentKind } from '../../../lambdas/shared/quiesced/deployment';
import { keepHighWater } from '../../../lambdas/shared/rdw/high-water';
import { takeHighWater } from '../../../lambdas/take-high-water/core';
import { Instance, PLACE, START, TENANTS, WAREHOUSE } from './instance';

const HIGH = '2022-07-01 01:00:00.000000';

describe('the regular job', () => {
  let it_: Instance;
  beforeAll(async () => {
    it_ = await Instance.start();
  });
  afterAll(() => it_.stop());
  beforeEach(() => it_.open());
  afterEach(async () => {
    for (const { migrateSchema } of TENANTS) {
      await it_.mysql(`delete from ${migrateSchema}.migrate where id > 3`);
    }
    await scale(1);
  });

  const scale = async (replicas: number) => {
    it_.kubernetes.workload(PLACE.namespace, PLACE.name)!.scale(replicas, 'kubectl');
    await it_.pods.sleep(60_000);
  };
  /** A row that a job has written. */
  const job = (tenant: string, id: number, status: number, lastAt = 'null') =>
    it_.mysql(
      `insert into migrate_olap_${tenant}.migrate (id, status, last_at, created) values (${id}, ${status}, ${lastAt}, '2022-07-02 01:00:05.5')`,
    );
  const wait = (
    phase: AwaitPhase,
    tenants: AwaitMigratePayload['tenants'] = TENANTS,
    remainingMs = 780_000,
    deployment?: AwaitMigrateDeps['deployment'],
  ) => {
    const deployments = new DeploymentKind(it_.deps.cluster, () => it_.pods.now());
    const began = it_.clock.now();
    return awaitMigrate(
      {
        ...it_.caller,
        step: phase,
        phase,
        source: it_.source,
        warehouse: WAREHOUSE,
        tenants,
        things: it_.things,
      },
      { ...it_.deps, deployment: deployment ?? ((thing) => deployments.read(thing)) },
      {
        requestId: `${it_.clock.now()}`,
        remainingMs: () => remainingMs - (it_.clock.now() - began),
      },
    );
  };
  const mark = (tenant = TENANTS[0]!, start = START) =>
    takeHighWater({ ...it_.caller, source: it_.source, tenant, start }, it_.deps);

  describe('before its pod is taken away', () => {
    it('is not waited for when no tenant has a job on its way', async () => {
      expect(await wait('before')).toEqual({ status: 'done', waitsFor: 'nothing' });
    });

    it('is waited for until the jobs of all tenants have ended', async () => {
      await job('nv', 4, 10);
      await job('pa', 4, 10);
      const first = await wait('before');
      expect(first).toEqual({
        status: 'running',
        waitsFor:
          'Waits for regular jobs that have begun: PA (row 4 of migrate_olap_pa.migrate since 2022-07-02 01:00:05.500000), ' +
          'NV (row 4 of migrate_olap_nv.migrate since 2022-07-02 01:00:05.500000)',
      });
      await it_.mysql('update migrate_olap_pa.migrate set status = 20 where id = 4');
      expect((await wait('before')).waitsFor).not.toContain('PA');
      await it_.mysql('update migrate_olap_nv.migrate set status = -20 where id = 4');
      expect((await wait('before')).status).toBe('done');
      expect(await it_.texts('note#')).toEqual([]);
    });

    it('is waited for two hours at most, and as long again after a redrive', async () => {
      await job('ca', 4, 10);
      const alive = async () => ({ state: 1, busy: false });
      const rounds = async () => {
        let turns = 0;
        for (; turns < 100; turns++) {
          const { status } = await wait('before', TENANTS.slice(0, 1), 780_000, alive);
          expect(status).toBe('running');
        }
      };
      await expect(rounds()).rejects.toMatchObject({
        name: 'RegularJobError',
        message: expect.stringMatching(
          /^waited 2 hours for .* CA \(row 4 .* set the status .* to -10, then redrive$/,
        ),
      });
      const waited = it_.clock.now() - Date.parse('2026-01-01T00:00:00Z');
      expect(Math.round(waited / 3_600_000)).toBe(2);
      expect((await wait('before')).status).toBe('running');
    });

    it('is a zombie when there is no pod that could end it', async () => {
      await job('ca', 4, 10);
      await scale(0);
      await expect(wait('before')).rejects.toThrow(/no pod of the regular job is left/);
    });
  });

  describe('after its pod is gone', () => {
    it('is quiet without jobs; that sessions could not be seen is said', async () => {
      await scale(0);
      expect((await wait('after')).status).toBe('done');
      expect(await it_.texts('note#after#sessions')).toEqual([
        expect.stringContaining('could not be seen'),
      ]);
    });

    it('W15 a job that died in the middle is refused at once, and a redrive looks again', async () => {
      await scale(0);
      await job('ts_s001', 4, 10);
      const zombie = wait('after', TENANTS);
      await expect(zombie).rejects.toMatchObject({ name: 'RegularJobError' });
      await expect(zombie).rejects.toThrow(
        /TS_S001 \(row 4 of migrate_olap_ts_s001\.migrate .* Set the status of those rows to -10 by hand/,
      );
      await it_.mysql('update migrate_olap_ts_s001.migrate set status = -10 where id = 4');
      expect((await wait('after')).status).toBe('done');
    });

    it('a pod that is back is refused, with who has brought it back', async () => {
      await expect(wait('after')).rejects.toThrow(
        /deployment rdw-qa\/default\/migrate-olap-deployment was to have no pod, and has 1 replica\(s\), set by kubectl at /,
      );
    });

    it('waits for sessions that this user can see, and says how to end them', async () => {
      await scale(0);
      const user = '"IAMR:rdw-data-api"';
      await it_.redshift(`grant select on pg_catalog.sys_connection_log to ${user}`);
      const open = it_
        .redshift("set application_name to 'rdw-ingest-migrate-olap'; select pg_sleep(600)")
        .catch(({ message }) => message);
      const first = await wait('after', TENANTS, 300_000);
      expect(first.waitsFor).toMatch(/^Waits for sessions of the regular job in Redshift: \d+$/);
      await expect(wait('after')).rejects.toThrow(/pg_terminate_backend, then redrive/);
      const [, session] = /: (\d+)$/.exec(first.waitsFor)!;
      await it_.redshift(`select pg_terminate_backend(${session})`);
      expect(await open).toMatch(/terminating connection/);
      expect((await wait('after')).status).toBe('done');
      await it_.redshift(`revoke select on pg_catalog.sys_connection_log from ${user}`);
    });
  });

  describe('right before a swap', () => {
    const ca = TENANTS.slice(0, 1);
    beforeEach(async () => {
      await scale(0);
      await mark();
    });

    it('W14 has not run: that is a check', async () => {
      expect((await wait('assert', ca)).status).toBe('done');
      const checks: object[] = [];
      for await (const check of it_.memory.list<object>('run-1', 'check#CA#assert'))
        checks.push(check);
      expect(checks).toEqual([
        expect.objectContaining({
          name: `no regular job has run since the high-water mark ${HIGH}`,
          item: 'CA',
          expected: 'row 3',
          actual: 'row 3',
          ok: true,
        }),
      ]);
    });

    it.each([
      ['a completed job', 20, "'2022-07-02 01:00:00'"],
      ['a job on its way', 10, 'null'],
      ['a job that failed', -20, "'2022-07-02 01:00:00'"],
      ['a job that was abandoned', -10, 'null'],
    ])('W14 %s behind the mark is named, and a redrive throws again', async (_, status, lastAt) => {
      await job('ca', 4, status, lastAt);
      const ran = `a regular job of tenant CA ran after its high-water mark ${HIGH}: row 4, status ${status}, since 2022-07-02 01:00:05.500000,`;
      await expect(wait('assert', ca)).rejects.toThrow(ran);
      await expect(wait('assert', ca)).rejects.toThrow('"continueRun": "run-1"');
    });

    it('an older row that has completed since is a job that ran', async () => {
      const change = (lastAt: string) =>
        it_.mysql(`update migrate_olap_ca.migrate set last_at = '${lastAt}' where id = 3`);
      await change('2022-07-01 01:00:00.000001');
      await expect(wait('assert', ca)).rejects.toThrow(
        'a row with last_at 2022-07-01 01:00:00.000001 and status 20',
      );
      await change('2022-07-01 01:00:00');
    });

    it('jobs of other tenants do not matter', async () => {
      await job('pa', 4, 20, "'2022-07-02 01:00:00'");
      expect((await wait('assert', ca)).status).toBe('done');
    });

    it('a pod that is back is named; once it is gone the swap may go on', async () => {
      await scale(1);
      await expect(wait('assert', ca)).rejects.toThrow(
        /has 1 replica\(s\), set by kubectl .* No job of tenant CA has begun, and nothing was swapped\. Scale it to 0 again/,
      );
      await scale(0);
      expect((await wait('assert', ca)).status).toBe('done');
    });

    it('a tenant without a mark is refused', async () => {
      await expect(wait('assert', TENANTS.slice(1, 2))).rejects.toThrow(
        'the ledger has no high-water mark of tenant PA in run run-1',
      );
    });
  });

  describe('its high-water mark', () => {
    it('W12 is the newest last_at of a completed job, in UTC with six digits', async () => {
      await it_.mysql(
        "update migrate_olap_pa.migrate set last_at = '2022-07-01 01:00:00.123456' where id = 3",
      );
      expect(await mark(TENANTS[1])).toEqual({
        start: '2019-11-01 00:00:00.000000',
        high: '2022-07-01 01:00:00.123456',
        migrateId: '3',
      });
      await it_.mysql(
        "update migrate_olap_pa.migrate set last_at = '2022-07-01 01:00:00' where id = 3",
      );
      expect(it_.logins).toEqual(['rdw_pa_ingest']);
    });

    it('is the same for whoever asks again, also when jobs ran meanwhile; another run takes its own', async () => {
      await mark();
      await job('ca', 4, 20, "'2022-07-02 01:00:00'");
      expect((await mark()).high).toBe(HIGH);
      await it_.open();
      expect((await mark()).high).toBe('2022-07-02 01:00:00.000000');
    });

    it('of two workers the first one keeps it', async () => {
      await mark();
      const later = { high: '2022-07-02 01:00:00.000000', migrateId: '4' };
      const kept = await keepHighWater(it_.memory.ledger, 'run-1', 'CA', later, 0);
      expect(kept).toMatchObject({ high: HIGH, migrateId: '3' });
    });

    it.each([
      [
        'no completed job',
        'update migrate_olap_ca.migrate set status = -10 where status = 20',
        /has no completed job/,
      ],
      [
        'a newest job that failed',
        'update migrate_olap_ca.migrate set status = -20 where id = 3',
        /row 3 .* has status -20: .*one regular job complete/,
      ],
      [
        'a job on its way',
        'insert into migrate_olap_ca.migrate (id, status) values (4, 10)',
        /row 4 .* has status 10/,
      ],
    ])('is refused with %s', async (_, sql, message) => {
      await it_.mysql(sql);
      const taken = mark();
      await expect(taken).rejects.toMatchObject({ name: 'RegularJobError' });
      await expect(taken).rejects.toThrow(message);
      await it_.mysql('update migrate_olap_ca.migrate set status = 20 where id in (1, 3)');
    });

    it('is refused before the start', async () => {
      await expect(mark(TENANTS[0], '2022-07-01T01:00:00.000001Z')).rejects.toThrow(
        /have come to 2022-07-01 01:00:00\.000000, which is before the start 2022-07-01 01:00:00\.000001/,
      );
      expect((await mark(TENANTS[0], '2022-07-01T01:00Z')).start).toBe(HIGH);
    });
  });
});

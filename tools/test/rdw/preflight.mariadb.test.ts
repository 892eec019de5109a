// The preflight of a back-fill against real engines: what is in order is planned, and each thing that is not
// is named with its tenant, all of them at once.

import { preflightBackfill } from '../../../lambdas/preflight-backfill/core';
import type { PreflightBackfillPayload } from '../../../lambdas/preflight-backfill/payload';
import { KubernetesUnreachableError, MySqlUnreachableError } from '../../../lambdas/shared/errors';
import { markItemDone } from '../../../lambdas/shared/items';
import { runKey } from '../../../lambdas/shared/ledger';
import { recordBefore } from '../../../lambdas/shared/quiesced/record';
import { ARN, BUCKET, Instance, PLACE, ROLE, START, TENANTS, WAREHOUSE } from './instance';

describe('the preflight', () => {
  let it_: Instance;
  beforeAll(async () => {
    it_ = await Instance.start();
  });
  afterAll(() => it_.stop());
  beforeEach(() => it_.open());

  const payload = (change: Partial<PreflightBackfillPayload> = {}): PreflightBackfillPayload => ({
    ...it_.caller,
    source: it_.source,
    warehouse: WAREHOUSE,
    region: 'us-east-1',
    copyRoleArn: ROLE,
    things: it_.things,
    tenants: TENANTS,
    chosen: ['CA', 'PA', 'NV', 'TS_S001'],
    start: START,
    map: 'tenants',
    dryRun: false,
    ...change,
  });
  const look = (
    change: Partial<PreflightBackfillPayload> = {},
    deps: Partial<Instance['deps']> = {},
  ) => preflightBackfill(payload(change), { ...it_.deps, ...deps });
  const findingsOf = async (...given: Parameters<typeof look>): Promise<readonly string[]> => {
    const error = await look(...given).then(
      () => new Error('nothing was found'),
      (thrown) => thrown,
    );
    expect(error.name).toBe('PreflightError');
    return error.findings;
  };
  /** Changes that are taken back whatever comes of them. */
  const with_ = async <T>(
    { mysql = [], redshift = [] }: Changes,
    work: () => Promise<T>,
  ): Promise<T> => {
    const [doMysql, undoMysql] = mysql;
    const [doRedshift, undoRedshift] = redshift;
    if (doMysql) for (const sql of doMysql.split(';')) await it_.mysql(sql);
    if (doRedshift) await it_.redshift(doRedshift);
    try {
      return await work();
    } finally {
      if (undoMysql) for (const sql of undoMysql.split(';')) await it_.mysql(sql);
      if (undoRedshift) await it_.redshift(undoRedshift);
    }
  };
  interface Changes {
    readonly mysql?: readonly string[];
    readonly redshift?: readonly string[];
  }

  it('plans the tenants that have alt scores, each with its own ids, and says what is there', async () => {
    const plan = await look();
    expect(plan.tenants.map(({ key, value }) => [key, value.subjectIds])).toEqual([
      ['CA', [19, 20, 21, 22]],
      ['PA', [7, 8, 9, 10]],
      ['TS_S001', [31, 32, 33, 34]],
    ]);
    expect(plan.tenants[1]!.value).toMatchObject({
      folder: 'pa/MigrateAdHoc/run-1/PA',
      staging: 'exam_alt_score_load_1',
      secretArn: 'pa',
    });
    expect(plan).toMatchObject({ without: ['NV'], skipped: [], warnings: [] });
    expect(plan.rows).toBeGreaterThan(1_000);
    expect(plan.minutes).toBe(5 + 3 * 4 + 2);
    const notes = await it_.texts('note#preflight#');
    expect(notes[0]).toMatch(
      /^CA before the run: \d{3} alt scores in Redshift \(2020: \d+, 2021: \d+, .*newest updated 202\d-.* come to 2022-07-01 01:00:00\.000000; at most \d+ are expected$/,
    );
    expect(notes[1]).toContain('NV has no alt scores');
    // Those who share a login share a connection.
    expect(it_.logins).toEqual(['rdw_ingest', 'rdw_pa_ingest']);
  });

  it('changes nothing in a dry run, which returns what is there', async () => {
    await it_.memory.remove(runKey('run-1'));
    const before = await it_.texts('');
    const { facts } = await look({ dryRun: true, chosen: ['PA'] });
    expect(facts).toEqual([
      {
        tenant: 'PA',
        rows: expect.objectContaining({ 2020: expect.any(Number) }),
        lastUpdated: expect.stringMatching(/^20/),
        high: '2022-07-01 01:00:00.000000',
        expected: expect.any(Number),
      },
    ]);
    expect(await it_.texts('')).toEqual(before);
  });

  it.each<readonly [string, Changes, RegExp]>([
    [
      'a table that is not in the warehouse',
      {
        mysql: [
          'rename table warehouse_ca.exam_score to warehouse_ca.gone',
          'rename table warehouse_ca.gone to warehouse_ca.exam_score',
        ],
      },
      /^CA: table warehouse_ca\.exam_score is not there, or cannot be read$/,
    ],
    [
      'a column of another type in the warehouse',
      {
        mysql: [
          'alter table warehouse_ca.exam_score modify scale_score double',
          'alter table warehouse_ca.exam_score modify scale_score float',
        ],
      },
      /^CA: warehouse_ca\.exam_score\.scale_score is double, expected float$/,
    ],
    [
      'W18 a new column in Redshift',
      {
        redshift: [
          'alter table reporting_ca.exam_alt_score add column extra int',
          'alter table reporting_ca.exam_alt_score drop column extra',
        ],
      },
      /^CA: reporting_ca\.exam_alt_score has columns id, .*update_import_id, extra; known are/,
    ],
    [
      'a column that takes NULL now',
      {
        redshift: [
          'alter table reporting_ca.exam_alt_score alter scale_score drop not null',
          'alter table reporting_ca.exam_alt_score alter scale_score set not null',
        ],
      },
      /^CA: reporting_ca\.exam_alt_score\.scale_score takes NULL/,
    ],
    [
      'W7 no schema in Redshift',
      {
        redshift: [
          'alter schema reporting_pa rename to gone',
          'alter schema gone rename to reporting_pa',
        ],
      },
      /^PA: schema reporting_pa is not there, or its user sees none of exam_alt_score$/,
    ],
    [
      'W6 no alt scores where there should be some',
      {
        mysql: [
          'update warehouse_ts_s001.subject_score set score_type_id = 3 where score_type_id = 2',
          'update warehouse_ts_s001.subject_score set score_type_id = 2 where id >= 31',
        ],
      },
      /^TS_S001: warehouse_ts_s001\.subject_score has no alt score/,
    ],
    [
      'W6 other ids in Redshift',
      {
        redshift: [
          'update reporting_ca.subject_score set id = 99 where id = 22',
          'update reporting_ca.subject_score set id = 22 where id = 99',
        ],
      },
      /^CA: ids of alt scores are 19, 20, 21, 22 in warehouse_ca and 19, 20, 21, 99 in reporting_ca/,
    ],
    [
      'W7 exams of another tenant',
      {
        redshift: [
          'update reporting_ca.exam set student_id = student_id + 100000',
          'update reporting_ca.exam set student_id = student_id - 100000',
        ],
      },
      /^CA: warehouse_ca and reporting_ca do not belong together/,
    ],
    [
      'W16 rows that were updated before the start',
      {
        redshift: [
          "update reporting_ca.exam_alt_score set updated = updated - interval '10 years' where id in (select max(id) from reporting_ca.exam_alt_score)",
          "update reporting_ca.exam_alt_score set updated = updated + interval '10 years' where id in (select max(id) from reporting_ca.exam_alt_score)",
        ],
      },
      /^CA: 1 row\(s\) of reporting_ca\.exam_alt_score were updated before 2019-11-01 00:00:00\.000000\+00, the first at 201/,
    ],
    [
      'alt scores of a tenant that should have none',
      {
        redshift: [
          'insert into reporting_nv.exam_alt_score select * from reporting_ca.exam_alt_score limit 1',
          'delete from reporting_nv.exam_alt_score',
        ],
      },
      /^NV: the tenant has no alt scores, but reporting_nv\.exam_alt_score has 1 row\(s\)$/,
    ],
    [
      'W15 a job that has died',
      {
        mysql: [
          'update migrate_olap_ca.migrate set status = 10 where id = 3',
          'update migrate_olap_ca.migrate set status = 20 where id = 3',
        ],
      },
      /^CA: row 3 of migrate_olap_ca\.migrate has status 10 since 2022-07-01 01:00:05\.000000: either the job still works/,
    ],
    [
      'a job that has failed',
      {
        mysql: [
          'update migrate_olap_ca.migrate set status = -20 where id = 3',
          'update migrate_olap_ca.migrate set status = 20 where id = 3',
        ],
      },
      /^CA: the last regular job failed \(row 3 of migrate_olap_ca\.migrate, status -20\), and the tenant is disabled/,
    ],
    [
      'no completed job',
      {
        mysql: [
          'update migrate_olap_ca.migrate set status = -10 where status = 20',
          'update migrate_olap_ca.migrate set status = 20 where id <> 2',
        ],
      },
      /^CA: migrate_olap_ca\.migrate has no completed job \(status 20\)/,
    ],
    [
      'a user who may not export',
      {
        mysql: [
          'revoke AWS_SELECT_S3_ACCESS from rdw_pa_ingest',
          'grant AWS_SELECT_S3_ACCESS to rdw_pa_ingest;set default role AWS_SELECT_S3_ACCESS for rdw_pa_ingest',
        ],
      },
      /^warehouse: the user of PA has neither the role AWS_SELECT_S3_ACCESS nor the privilege/,
    ],
    [
      'a role that is not active',
      {
        mysql: [
          'set default role none for rdw_pa_ingest',
          'set default role AWS_SELECT_S3_ACCESS for rdw_pa_ingest',
        ],
      },
      /^warehouse: the user of PA has the role AWS_SELECT_S3_ACCESS, but it is not active/,
    ],
    [
      'a right that is missing in Redshift',
      {
        redshift: [
          'revoke create on schema reporting_pa from "IAMR:rdw-data-api"',
          'grant create on schema reporting_pa to "IAMR:rdw-data-api"',
        ],
      },
      /^PA: IAMR:rdw-data-api may not create a table in schema reporting_pa/,
    ],
  ])('finds %s, and nothing else', async (_, change, finding) => {
    const findings = await with_(change, () => findingsOf());
    expect(findings).toEqual([expect.stringMatching(finding)]);
    expect((await look()).tenants).toHaveLength(3);
  });

  it.each<readonly [string, Parameters<typeof look>[0], () => Partial<Instance['deps']>, RegExp]>([
    [
      'a start in the future',
      { start: '2029-01-01T00:00:00Z', chosen: ['TS_S001'] },
      () => ({}),
      /^input: start 2029-01-01T00:00:00Z lies in the future/,
    ],
    [
      'alt scores that are there against the configuration',
      { tenants: TENANTS.map((one) => ({ ...one, altScores: false })), chosen: ['CA'] },
      () => ({}),
      /^CA: altScores is false in the configuration, but warehouse_ca has alt scores 19, 20, 21, 22$/,
    ],
    [
      'W27 a role that is not associated',
      {},
      () => ({ rolesOf: async () => [{ arn: `${ROLE}-other`, status: 'in-sync' }] }),
      /^Redshift: role \S+rdw-redshift is not associated with the warehouse/,
    ],
    [
      'W27 a role that is on its way',
      {},
      () => ({ rolesOf: async () => [{ arn: ROLE, status: 'adding' }] }),
      /^Redshift: role \S+rdw-redshift is adding at the warehouse and not in-sync/,
    ],
    [
      'no way to Kubernetes',
      {},
      () => ({ cluster: () => Promise.reject(new KubernetesUnreachableError('no route to it')) }),
      /^Kubernetes: no route to it$/,
    ],
  ])('finds %s, and nothing else', async (_, change, deps, finding) => {
    expect(await findingsOf(change, deps())).toEqual([expect.stringMatching(finding)]);
  });

  it('W9 refuses a folder in which something lies, but for a run that goes on', async () => {
    const key = 'pa/MigrateAdHoc/run-1/PA/extract/slice-0001/a1/exam_alt_score.part_00000';
    it_.store.put(BUCKET, key, 'x');
    expect(await findingsOf()).toEqual([
      `PA: s3://${BUCKET}/pa/MigrateAdHoc/run-1/PA/ is not empty (${key}): the folder belongs to this run alone; look whose objects these are and remove them`,
    ]);
    await it_.open({ earlierArns: [ARN] });
    expect((await look()).tenants).toHaveLength(3);
    it_.store.delete(BUCKET, key);
  });

  it('W15 waits for a job that has just begun, of any tenant, and does not call it a finding', async () => {
    const job = (tenant: string): Changes => ({
      mysql: [
        `insert into migrate_olap_${tenant}.migrate (id, status, created) values (9, 10, '2025-12-31 23:00:00')`,
        `delete from migrate_olap_${tenant}.migrate where id = 9`,
      ],
    });
    const { warnings } = await with_(job('ca'), () => look({ chosen: ['PA'] }));
    expect(warnings).toEqual([
      'CA: a regular job has been running since 2025-12-31 23:00:00.000000 (row 9 of migrate_olap_ca.migrate); the run waits for it before it begins',
    ]);
    it_.clock.pass(12 * 3_600_000);
    const findings = await with_(job('ca'), () => findingsOf({ chosen: ['PA'] }));
    expect(findings).toEqual([expect.stringMatching(/^CA: row 9 .*has status 10/)]);
  });

  it('names everything at once, and no student', async () => {
    const findings = await with_(
      {
        mysql: [
          'update migrate_olap_pa.migrate set status = -20 where id = 3',
          'update migrate_olap_pa.migrate set status = 20 where id = 3',
        ],
        redshift: [
          'update reporting_ca.exam set student_id = student_id + 7654321',
          'update reporting_ca.exam set student_id = student_id - 7654321',
        ],
      },
      () => findingsOf({}, { rolesOf: async () => [] }),
    );
    expect(findings.map((text) => text.split(':')[0]).sort()).toEqual(['CA', 'PA', 'Redshift']);
    expect(findings.join()).not.toMatch(/76543\d\d/);
  });

  it('says which way is missing: one login that fails keeps nobody else from being looked at', async () => {
    const findings = await findingsOf(
      {},
      {
        connect: (ref) =>
          ref.secretArn === 'pa'
            ? Promise.reject(
                new MySqlUnreachableError('MySQL at db:3306 does not answer within 3 s'),
              )
            : it_.deps.connect(ref),
      },
    );
    expect(findings).toEqual(['warehouse of PA: MySQL at db:3306 does not answer within 3 s']);
  });

  it('a task that may not ask for the roles is a finding', async () => {
    const message = 'User: preflight is not authorized to perform: redshift:DescribeClusters';
    const denied = Object.assign(new Error(message), { name: 'AccessDenied' });
    const findings = await findingsOf({}, { rolesOf: () => Promise.reject(denied) });
    expect(findings).toEqual([`Redshift: ${message}`]);
  });

  it('refuses a Deployment that is scaled to 0 already, unless this run has done so', async () => {
    const workload = it_.kubernetes.workload(PLACE.namespace, PLACE.name)!;
    workload.scale(0, 'kubectl');
    await it_.pods.sleep(60_000);
    expect(await findingsOf()).toEqual([expect.stringMatching(/^Kubernetes: .*has 0 replicas/)]);
    const [thing] = it_.things;
    await recordBefore(it_.memory.ledger, 'run-1', thing!, { during: () => 0 } as never, 1, 0);
    expect((await look()).tenants).toHaveLength(3);
    workload.scale(2, 'kubectl');
    await it_.pods.sleep(60_000);
    await it_.open();
    expect(await findingsOf()).toEqual([expect.stringMatching(/has 2 replicas; .* supports one/)]);
    workload.scale(1, 'kubectl');
    await it_.pods.sleep(60_000);
  });

  it('names a Deployment that is not there', async () => {
    const [thing] = it_.things;
    const things = [{ ...thing!, name: 'rdw-qa/default/other' }];
    expect(await findingsOf({ things })).toEqual([
      'Kubernetes: there is no deployment other in namespace default: look at kubernetes in the configuration',
    ]);
  });

  it('leaves out tenants that are done, in this run or in the one it continues', async () => {
    await it_.open({ continues: 'run-0' });
    const before = { runId: 'run-0', status: 'released', continues: 'run-00' };
    await it_.memory.put(runKey('run-0'), before);
    await it_.memory.put(runKey('run-00'), { runId: 'run-00', status: 'released' });
    await markItemDone(it_.memory.ledger, 'run-0', { map: 'tenants', key: 'PA' }, 0);
    await markItemDone(it_.memory.ledger, 'run-00', { map: 'tenants', key: 'CA' }, 0);
    const { tenants, skipped } = await look();
    expect(tenants.map(({ key }) => key)).toEqual(['TS_S001']);
    expect(skipped).toEqual(['CA', 'PA']);
    const notes = await it_.texts('note#preflight#');
    expect(notes).toContain('CA was done in run run-00 and is left out');
  });

  it('is done by the owner of the run alone', async () => {
    await it_.open({ executionArn: `${ARN}-other` });
    await expect(look()).rejects.toMatchObject({ name: 'RunTakenOverError' });
  });
});

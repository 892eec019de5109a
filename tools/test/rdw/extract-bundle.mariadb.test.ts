// The extract as it is deployed: its bundle in a worker, with its secret, its ledger and its bucket. Left out
// by name where there is no MariaDB.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExtractSlicesResult } from '../../../lambdas/extract-slices/payload';
import { workOf } from '../../../lambdas/shared/rdw/tenant';
import { VirtualClock } from '../../rehearsal/clock';
import { Faults } from '../../rehearsal/faults/faults';
import { MySqlCluster } from '../../rehearsal/mysql';
import { DynamoDbService } from '../../rehearsal/services/dynamodb';
import { selfSigned } from '../../rehearsal/services/kubernetes';
import { ObjectStore, S3Service } from '../../rehearsal/services/s3';
import { SecretsService } from '../../rehearsal/services/secrets';
import { account, type House, house, region, standIn, trustIn } from '../cloud/house';

const BUNDLE = join(__dirname, '../../../dist/lambdas/extract-slices');
const SOURCE = join(__dirname, '../../rehearsal/scenarios/rdw/source.sql');
const BUCKET = 'rdw-qa-archive';
const AURORA = `arn:aws:iam::${account}:role/rdw-aurora-to-s3`;
const RUN = 'run-20260308-0a1b2c3d4e';
const ARN = `arn:aws:states:${region}:${account}:execution:example-rdw-backfill:${RUN}`;

describe('the bundle', () => {
  let place: House;
  let cluster: MySqlCluster;
  let faults: Faults;
  let secretArn: string;
  const tls = selfSigned('rehearsed database');

  beforeAll(async () => {
    const clock = new VirtualClock(Date.parse('2026-03-08T12:00:00Z'));
    place = await house(BUNDLE, { clock, spec: { environment: { LEDGER_TABLE: 'Ledger' } } });
    const { iam, callers, server } = place;
    faults = new Faults();
    const store = new ObjectStore(clock);
    store.createBucket(BUCKET);
    iam.attach(AURORA, { Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } });
    iam.protect(AURORA, trustIn('rds.amazonaws.com'));
    cluster = await MySqlCluster.start({
      sql: [readFileSync(SOURCE, 'utf8')],
      clock,
      faults,
      callers,
      uploads: {
        store,
        iam,
        account,
        clusterArn: `arn:aws:rds:${region}:${account}:cluster:w`,
        roleArn: AURORA,
      },
      tls,
    });
    secretArn = `arn:aws:secretsmanager:${region}:${account}:secret:rdw-Ab12Cd`;
    const secret = {
      username: 'rdw_pa_ingest',
      password: 'rehearsal-rdw-pa',
      host: cluster.host,
      port: cluster.port,
      certificateAuthority: tls.cert,
    };
    const tables = new DynamoDbService(clock, `arn:aws:dynamodb:${region}:${account}:table/`);
    const run = { runId: RUN, executionArn: ARN, status: 'open', machine: 'rdw-backfill' };
    await tables.putTable({
      name: 'Ledger',
      key: { pk: 'S', sk: 'S' },
      items: [{ pk: `run#${RUN}`, sk: 'run', ...run }],
    });
    server.add(
      new S3Service(store),
      tables,
      new SecretsService(clock, `arn:aws:secretsmanager:${region}:${account}:secret:`, {
        [secretArn]: secret,
      }),
      standIn('AWSStepFunctions', async () => ({ status: 'RUNNING' })),
    );
  });
  afterAll(async () => {
    await place.stop();
    await cluster.stop();
  });

  it('extracts a tenant, across a statement of many minutes and a killed worker', async () => {
    const tenant = workOf(
      {
        id: 'PA',
        warehouseSchema: 'warehouse_pa',
        migrateSchema: 'migrate_olap_pa',
        reportingSchema: 'reporting_pa',
        bucket: BUCKET,
        location: 'pa/MigrateAdHoc',
        secretArn,
        altScores: true,
      },
      RUN,
      [7, 8, 9, 10],
    );
    const payload = {
      version: 1,
      runId: RUN,
      rootArn: ARN,
      selfArn: ARN,
      redriveCount: 0,
      source: { host: 'elsewhere', port: 3306, secretArn: 'none', user: null, region },
      tenant,
      start: '2019-11-01T00:00:00Z',
      high: '2022-07-01 01:00:00.000000',
      sliceDays: 366,
      sliceMinutes: 5,
    };
    faults.arm({ kind: 'delay', sql: 'outfile', seconds: 900, nth: 1 });
    faults.arm({ kind: 'kill', operation: 'SelectIntoS3', when: 'after', nth: 3 });
    const before = place.clock.now();
    await expect(place.invoke(payload)).rejects.toThrow('killed');
    const result = (await place.invoke(payload)) as ExtractSlicesResult;
    const [row] = await cluster.query(
      `select count(*) as n from warehouse_pa.exam e join warehouse_pa.exam_score s on s.exam_id = e.id
       where e.type_id in (1, 3) and e.deleted = 0 and e.updated between '2019-11-01' and '${payload.high}'
         and s.scale_score is not null and s.performance_level is not null and s.subject_score_id in (7, 8, 9, 10)`,
    );
    expect(result).toMatchObject({
      status: 'done',
      rows: Number(row!.n),
      manifest: expect.any(String),
    });
    expect(place.clock.now() - before).toBeGreaterThanOrEqual(300_000);
    expect(place.lines.join('\n')).not.toContain('.123456');
    expect(place.problems).toEqual([]);
  });
});

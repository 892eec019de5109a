// Host and ClickHouse together: one way, or every finding at once.

import type { ClickHouseSeen } from '../../../lambdas/discover-aspects/clickhouse/seen';
import { discoverAspects } from '../../../lambdas/discover-aspects/core';
import type { DiscoverAspectsPayload } from '../../../lambdas/discover-aspects/payload';
import { backupKey } from '../../../lambdas/shared/aspects/backup';
import type { HostFacts } from '../../../lambdas/shared/aspects/host/facts';
import { pathKey } from '../../../lambdas/shared/aspects/path/kept';
import { ClickHouseUnreachableError, type PreflightError } from '../../../lambdas/shared/errors';
import { itemKey } from '../../../lambdas/shared/items';
import { runKey } from '../../../lambdas/shared/ledger';
import { MemoryLedger } from '../../support/memory-ledger';

const GIB = 2 ** 30;
const RUN = 'run-20260131-0a1b2c3d4e';
const ARN = 'arn:aws:states:us-east-1:000000000000:execution:example-aspects-upgrade:one';
const PAYLOAD = {
  version: 1,
  runId: RUN,
  rootArn: ARN,
  selfArn: ARN,
  redriveCount: 0,
  mode: 'local',
  clickhouse: {
    databases: {
      xapi: 'xapi',
      eventSink: 'event_sink',
      reporting: 'reporting',
      openedx: 'openedx',
    },
    cluster: null,
  },
  targetVersion: '2.5.0',
  throughHop: true,
  triedOnCopy: null,
  models: ['my_model+', 'fact_video_segments'],
  dryRun: false,
} as unknown as DiscoverAspectsPayload;
const HOST: HostFacts = {
  tutor: '19.0.5',
  python: '3.11.9',
  aspects: '1.3.0',
  enabled: true,
  settings: { DBT_BRANCH: 'v3.33.9', DBT_REPOSITORY: 'https://github.com/openedx/aspects-dbt' },
  pins: [],
  containers: { local: 12, dev: 0 },
  running: ['clickhouse', 'ralph'],
  jobs: [],
  docker: { server: '27.3.1', compose: '2.29.7', buildx: 'v0.17.1' },
  disk: { docker: 100 * GIB, root: 100 * GIB },
  patches: [],
};
const SEEN = {
  findings: [] as readonly string[],
  notes: ['a note'],
  serverVersion: '24.8.14.39',
  events: 5,
  freeBytes: 2 * GIB,
  neededBytes: GIB,
  lastEmission: null,
} as unknown as ClickHouseSeen;

let ledger: MemoryLedger;
beforeEach(async () => {
  ledger = new MemoryLedger();
  const run = { runId: RUN, executionArn: ARN, status: 'open', earlierArns: [] };
  await ledger.put(runKey(RUN), run);
});
const discover = (
  payload: Partial<DiscoverAspectsPayload> = {},
  host: Partial<HostFacts> = {},
  clickhouse: () => Promise<ClickHouseSeen> = async () => SEEN,
) =>
  discoverAspects(
    { ...PAYLOAD, ...payload },
    {
      ledger: ledger.ledger,
      lookAtHost: async () => ({ ...HOST, ...host }),
      lookAtClickHouse: clickhouse,
    },
  );
const findings = async (looking: Promise<unknown>): Promise<readonly string[]> => {
  const error = await looking.then(
    () => undefined,
    (thrown) => thrown,
  );
  return (error as PreflightError).findings;
};

it('goes through 2.4.0 to 2.5, refreshes what no release forces, and builds each model once', async () => {
  const found = await discover();
  expect(found.hops.map(({ key, value }) => [key, value.dbt])).toEqual([
    ['2.4.0', 'v5.0.0'],
    ['2.5.0', 'v6.1.0'],
  ]);
  expect(found.refresh).toHaveLength(13);
  expect(found.refresh.at(-1)).toEqual({ key: 'my_model', value: 'my_model+' });
  expect(found).toMatchObject({ services: 'ralph', backedUp: false, from: '1.3.0' });
  expect(found.warnings).toContain('a note');
});

it('says what is wrong with the way, the host and ClickHouse at once', async () => {
  const seen = async () => ({ ...SEEN, findings: ['too few bytes'], events: 11_000_000 });
  const all = await findings(
    discover({ throughHop: false }, { jobs: ['tutor_local-aspects-job-run-1'] }, seen),
  );
  expect(all).toEqual([
    expect.stringMatching(/does not go to 2\.5\.0 at once/),
    expect.stringMatching(/is at work/),
    'too few bytes',
    expect.stringMatching(/upgrade a copy/),
  ]);
});

it('a ClickHouse that does not answer is one finding among others', async () => {
  const closed = async () => Promise.reject(new ClickHouseUnreachableError('no route'));
  expect(await findings(discover({}, { enabled: false }, closed))).toEqual([
    expect.stringMatching(/is not enabled/),
    'no route',
  ]);
});

it('a run that goes on keeps its way, although half of it is installed by then', async () => {
  const first = await discover();
  expect(await ledger.get(pathKey(RUN))).toMatchObject({ tutor: '19.0.5', server: '24.8.14.39' });
  await ledger.put(backupKey(RUN), { id: 'b' });
  const again = await discover(
    {},
    { aspects: '2.4.0', running: ['clickhouse'], jobs: ['x-job-run-1'] },
  );
  expect(again.hops).toEqual(first.hops);
  expect(again.services).toBe('ralph');
  await ledger.put(itemKey(RUN, { map: 'versions', key: '2.4.0' }), { status: 'done' });
  await ledger.put(itemKey(RUN, { map: 'versions', key: '2.5.0' }), { status: 'failed' });
  const left = await discover({}, { aspects: '2.4.0' });
  expect(left.hops).toEqual([first.hops[1]]);
  expect(left).toMatchObject({ way: ['2.4.0', '2.5.0'], dbt: 'v6.1.0', refresh: first.refresh });
});

it('a run that has no proven backup yet is looked at as a new one, but for what it holds itself', async () => {
  const first = await discover();
  const again = await discover({}, { running: ['clickhouse'] });
  expect(again).toMatchObject({ hops: first.hops, services: 'ralph' });
  const seen = async () => ({ ...SEEN, findings: ['too few bytes'] });
  expect(await findings(discover({}, { aspects: '2.4.0', enabled: false }, seen))).toEqual([
    expect.stringMatching(/way of this run begins at 1\.3\.0/),
    expect.stringMatching(/is not enabled/),
    expect.stringMatching(/DBT_BRANCH/),
    'too few bytes',
  ]);
});

describe('a backup that the runbook cannot take', () => {
  const cluster = { ...PAYLOAD.clickhouse, cluster: 'c' };
  const settings = { ...HOST.settings, CLICKHOUSE_CLUSTER_NAME: 'c', RUN_MYSQL: 'False' };

  it('is said before anything is held', async () => {
    const payload = { clickhouse: cluster, backupMethod: 'native' } as const;
    expect(await findings(discover(payload, { settings }))).toEqual([
      expect.stringMatching(/one node of cluster c would be backed up/),
      expect.stringMatching(/RUN_MYSQL is off, so that backup\.method native cannot copy/),
    ]);
  });

  it('is taken by people, who are told that the way back goes by hand', async () => {
    const payload = { clickhouse: cluster, backupMethod: 'gate' } as const;
    const { warnings } = await discover(payload, { settings });
    expect(warnings).toContainEqual(
      expect.stringMatching(/cluster \(c\) and RUN_MYSQL is off: aspects-rollback refuses here/),
    );
    const own = { ...HOST.settings, RUN_MYSQL: 'True' };
    expect(
      (await discover({ backupMethod: 'native' }, { settings: own })).warnings.join(),
    ).not.toMatch(/by hand/);
  });
});

it('tells before it crosses 25.8 that the rollback ends there', async () => {
  expect((await discover()).warnings).toContainEqual(
    expect.stringMatching(/aspects-rollback ends there and refuses\. .*snapshot of the volumes/),
  );
});

it('a dry run leaves nothing in the ledger', async () => {
  await discover({ dryRun: true, runId: 'run-20260131-ffffffffff' });
  expect(await ledger.get(runKey('run-20260131-ffffffffff', 'aspects#path'))).toBeUndefined();
});

it('a version that nobody knows is said without asking ClickHouse', async () => {
  const never = () => Promise.reject(new Error('it was asked'));
  expect(await findings(discover({}, { aspects: '0.9.0' }, never))).toContainEqual(
    expect.stringMatching(/not known here/),
  );
});

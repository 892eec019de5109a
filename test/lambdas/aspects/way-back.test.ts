// The way back of an upgrade, what a run notes about its backup, and what a release finds held.

import { noteBackup } from '../../../lambdas/note-backup/core';
import { readHeld } from '../../../lambdas/read-held/core';
import { readUpgrade } from '../../../lambdas/read-upgrade/core';
import type { Present } from '../../../lambdas/read-upgrade/way-back';
import { problemsOf, unknownUpgrade, wayBack } from '../../../lambdas/read-upgrade/way-back';
import { backupKey } from '../../../lambdas/shared/aspects/backup';
import type { HostFacts } from '../../../lambdas/shared/aspects/host/facts';
import { decidePath } from '../../../lambdas/shared/aspects/path';
import { type KeptPath, pathKey } from '../../../lambdas/shared/aspects/path/kept';
import { copiesKey } from '../../../lambdas/shared/aspects/server/copies';
import { ClickHouseUnreachableError, TryAgainError } from '../../../lambdas/shared/errors';
import { runKey } from '../../../lambdas/shared/ledger';
import type { RunItem } from '../../../lambdas/shared/runs';
import { MemoryLedger } from '../../support/memory-ledger';

const UPGRADE = 'run-20260131-0a1b2c3d4e';
const RUN = 'run-20260201-0a1b2c3d4e';
const ARN = 'arn:aws:states:us-east-1:000000000000:execution:example-aspects-rollback:one';
const CALLER = { version: 1, runId: RUN, rootArn: ARN, selfArn: ARN, redriveCount: 0 };
const BACKUP = { id: 'b', folder: '/f', files: 'x', provenAt: '2026-01-31T10:00:00Z' };
const WHERE = { inContextMetrics: false, python: '3.11', cluster: '', mayHop: true };

const pathOf = (from: string, to: string, tutorMajor: number): KeptPath => ({
  from,
  hops: decidePath({ ...WHERE, from, to, tutorMajor }).hops!,
  services: ['ralph'],
  tutor: '19.0.5',
});
const runOf = (change: Partial<RunItem> = {}): RunItem => ({
  runId: UPGRADE,
  machine: 'aspects-upgrade',
  executionArn: ARN,
  earlierArns: [],
  status: 'succeeded',
  input: {},
  leases: [],
  startedAt: '2026-01-31T09:00:00Z',
  ...change,
});
const FACTS = {
  tutor: '19.0.5',
  aspects: '2.4.0',
  running: ['clickhouse', 'vector'],
  jobs: [] as readonly string[],
  settings: { DBT_REPOSITORY: 'https://github.com/openedx/aspects-dbt' },
} as unknown as HostFacts;
const NORMAL = { run: runOf(), path: pathOf('1.3.0', '2.4.0', 19), backup: BACKUP };

describe('what cannot be taken back', () => {
  it.each([
    ['a run nobody knows', { run: undefined }, /knows no run/],
    [
      'a run of another machine',
      { run: runOf({ machine: 'rdw-backfill' }) },
      /belongs to machine rdw-backfill/,
    ],
    ['a run without a way', { path: undefined }, /nothing to take back/],
    ['a run without a proven backup', { backup: undefined }, /nothing to take back/],
  ])('is %s', (_, change, said) => {
    expect(unknownUpgrade(UPGRADE, { ...NORMAL, ...change })).toMatch(said);
  });

  const to25 = pathOf('2.4.0', '2.5.0', 19);
  const now = (change: Partial<Present> = {}, facts: Partial<HostFacts> = {}): Present => ({
    ...{ server: '25.3.2.39', cluster: null, ...change },
    facts: { ...FACTS, ...facts },
  });
  it.each<[string, Present, RegExp]>([
    [
      'T17 parts that older servers cannot read',
      now({ server: '25.8.1.5101' }),
      /went from 25\.3 to 25\.8, .*snapshot/,
    ],
    [
      'what a later upgrade has made',
      now({}, { aspects: '2.5.1' }),
      /Aspects 2\.5\.1 is installed, .* went through 2\.4\.0, 2\.5\.0/,
    ],
    ['a host without Aspects', now({}, { aspects: '' }), /Aspects none is installed/],
    ['another Open edX', now({}, { tutor: '20.0.1' }), /Tutor is 20\.0\.1, and was 19\.0\.5/],
    ['a cluster', now({ cluster: 'c' }), /one node only: by hand/],
    [
      'a MySQL elsewhere',
      now({}, { settings: { ...FACTS.settings, RUN_MYSQL: 'False' } }),
      /by hand from that backup/,
    ],
  ])('is %s', (_, present, said) => {
    expect(problemsOf(to25, present)).toEqual([expect.stringMatching(said)]);
  });

  it('is not an upgrade whose backup is proven', () => {
    expect(unknownUpgrade(UPGRADE, NORMAL)).toBeUndefined();
    expect(problemsOf(NORMAL.path, now())).toEqual([]);
    const own = { ...FACTS.settings, RUN_MYSQL: 'True' };
    expect(problemsOf(to25, now({}, { settings: own }))).toEqual([]);
    const newer = now({ server: '25.8.1.5101' }, { aspects: '2.5.1' });
    expect(problemsOf(pathOf('2.5.0', '2.5.1', 19), newer)).toEqual([]);
    const began = { ...NORMAL.path, server: '26.7.1.1' };
    expect(problemsOf(began, now({ server: '26.7.1.1' }))).toEqual([]);
    // Before the release that keeps it.
    const { tutor: _, ...older } = to25;
    expect(problemsOf(older, now({}, { tutor: '20.0.1' }))).toEqual([]);
  });
});

it('T22 takes the migrations back before the old plugin comes, and builds openedx again', () => {
  expect(wayBack(NORMAL.path, '19.0.5', { inContextMetrics: false })).toMatchObject({
    version: '1.3.0',
    from: '2.4.0',
    downgradeTo: '0040',
    images: ['openedx', 'aspects', 'aspects-superset'],
  });
  expect(wayBack(pathOf('2.3.1', '2.4.0', 19), '19.0.5', { inContextMetrics: true })).toMatchObject(
    {
      downgradeTo: null,
      images: ['openedx', 'aspects', 'aspects-superset', 'mfe'],
    },
  );
});

describe('in the ledger', () => {
  let ledger: MemoryLedger;
  beforeEach(async () => {
    ledger = new MemoryLedger();
    await ledger.put(runKey(UPGRADE), NORMAL.run);
    await ledger.put(runKey(RUN), runOf({ runId: RUN, status: 'open' }));
    await ledger.put(pathKey(UPGRADE), NORMAL.path);
  });
  const read = (
    facts: Partial<HostFacts> = {},
    dryRun = false,
    lookAtServer = async () => ({ version: '25.3.2.39', alembic: '0041' as string | null }),
  ) =>
    readUpgrade({ ...CALLER, upgradeOf: UPGRADE, dryRun, clickhouse: { cluster: null } } as never, {
      lookAtServer,
      ledger: ledger.ledger,
      lookAtHost: async () => ({ ...FACTS, ...facts }),
    });

  it('a way back is decided once: a run that goes on keeps it, whatever is installed by then', async () => {
    await ledger.put(backupKey(UPGRADE), BACKUP);
    const way = await read();
    expect(way).toMatchObject({ version: '1.3.0', downgradeTo: '0040', services: 'ralph vector' });
    expect(await read({ aspects: '1.3.0' })).toEqual(way);
    expect((await read({ aspects: '1.3.0' }, true)).downgradeTo).toBeNull();
  });

  it.each([['0040'], [null]])(
    'nothing goes down where ClickHouse has %p, whatever images there are',
    async (alembic) => {
      await ledger.put(backupKey(UPGRADE), BACKUP);
      const images = { aspects: { tag: 'edunext/aspects:2.4.0', id: '' } };
      const server = async () => ({ version: '25.3.2.39', alembic });
      expect((await read({ images }, false, server)).downgradeTo).toBeNull();
    },
  );

  it('migrations that go down need the image they go down in', async () => {
    await ledger.put(backupKey(UPGRADE), BACKUP);
    const aspects = { tag: 'edunext/aspects:2.4.0', id: '' };
    await expect(read({ images: { aspects } })).rejects.toThrow(
      /no image edunext\/aspects:2\.4\.0.*build it first/,
    );
    const built = { aspects: { ...aspects, id: 'sha256:1' } };
    expect((await read({ images: built })).downgradeTo).toBe('0040');
  });

  it('a server that does not answer is one finding among others', async () => {
    await expect(read()).rejects.toThrow(/nothing to take back/);
    await ledger.put(backupKey(UPGRADE), BACKUP);
    const closed = async () => Promise.reject(new ClickHouseUnreachableError('no route'));
    await expect(read({ tutor: '20.0.1' }, false, closed)).rejects.toMatchObject({
      findings: ['no route', expect.stringMatching(/Tutor is 20/)],
    });
    const slow = async () => Promise.reject(new TryAgainError('slow'));
    await expect(read({}, false, slow)).rejects.toThrow('slow');
  });

  it('T16 a way back waits for jobs that run', async () => {
    await ledger.put(backupKey(UPGRADE), BACKUP);
    await expect(read({ jobs: ['tutor_local-aspects-job-run-1'] })).rejects.toThrow(/is at work/);
  });

  it('the first proven backup stays the one', async () => {
    const payload = { ...CALLER, id: 'first', folder: '/f', files: 'x' };
    const deps = { ledger: ledger.ledger, clock: { now: () => 0, sleep: async () => undefined } };
    await noteBackup(payload, deps);
    expect((await noteBackup({ ...payload, id: 'second' }, deps)).id).toBe('first');
  });

  it('a release starts what the run has held, and nothing where it has held nothing', async () => {
    const held = () =>
      readHeld({ version: 1, runId: UPGRADE, selfArn: ARN }, { ledger: ledger.ledger });
    await expect(held()).rejects.toThrow(/is succeeded, and not given up/);
    await ledger.put(runKey(UPGRADE), { ...NORMAL.run, status: 'released' });
    expect(await held()).toEqual({ services: '', copies: false });
    await ledger.put(copiesKey(UPGRADE), { open: true });
    await ledger.put(runKey(UPGRADE, 'host#holdBackup#-'), { state: 'wanted' });
    expect(await held()).toEqual({ services: 'ralph', copies: true });
  });

  it('a release starts Superset where the restore of its database has it rest still', async () => {
    const services = async () =>
      (await readHeld({ version: 1, runId: RUN, selfArn: ARN }, { ledger: ledger.ledger }))
        .services;
    await ledger.put(runKey(RUN), runOf({ runId: RUN, status: 'released' }));
    await ledger.put(runKey(RUN, 'aspects#way-back'), { way: { services: 'ralph' } });
    await ledger.put(runKey(RUN, 'host#holdRestore#-'), { state: 'done' });
    expect(await services()).toBe('ralph');
    await ledger.put(runKey(RUN, 'host#restoreFiles#-'), { state: 'failed' });
    expect(await services()).toBe('ralph superset superset-worker superset-worker-beat');
    await ledger.put(runKey(RUN, 'host#recreate#-'), { state: 'failed' });
    expect(await services()).toBe('ralph superset superset-worker superset-worker-beat');
    await ledger.put(runKey(RUN, 'host#recreate#-'), { state: 'done' });
    expect(await services()).toBe('ralph');
  });
});

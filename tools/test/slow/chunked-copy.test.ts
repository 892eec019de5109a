// The example of docs/examples/chunked-copy as a user deploys it, between two MariaDB servers: workers that are
// killed anywhere, answers that are lost, locks, a failover, lag, settings that change while it runs.

import { join } from 'node:path';
import type { Cloud } from '../../rehearsal/cloud';
import {
  arm,
  enteredStates,
  eventCounts,
  removeAssemblies,
  start,
  startCloud,
  stopClouds,
  synthesize,
} from './support';

const SCENARIO = join(__dirname, 'scenarios/events');
const ROWS = 1500;
/** The whole table, as two ranges for two workers. */
const RANGES = [
  { name: 'old', lo: '1', hi: '1000000' },
  { name: 'new', lo: '1000001', hi: '100000000' },
];

describe('a chunked copy', () => {
  let assemblyDir: string;
  let cloud: Cloud;
  beforeAll(() => {
    assemblyDir = synthesize('chunked-copy');
  });
  beforeEach(() => copying());
  afterEach(async () => {
    expect(cloud.problems).toEqual([]);
    await stopClouds();
  });
  afterAll(removeAssemblies);

  /** Statements of servers that are busy take long: chunks become small. */
  async function copying(machine?: 'busy', rows = ROWS): Promise<void> {
    await stopClouds();
    const scenario = { scenarioDir: SCENARIO, machine, rows };
    cloud = await startCloud({ assemblyDir, clock: 'virtual', ...scenario });
  }
  const begin = (ranges = RANGES) => start(cloud, 'events-copy-copy', { ranges });
  const hash = `sum(crc32(concat_ws('#', id, customer, happened, ifnull(amount, 'N'),
    ifnull(hex(convert(detail using utf8mb4)), 'N'))))`;
  async function expectWhole(rows = ROWS): Promise<void> {
    const of = (name: string, table: string) =>
      cloud.clusters.get(name)!.query(`select count(*) as n, ${hash} as hash from ${table}`);
    const source = await of('source', 'shop.events');
    expect(source).toMatchObject([{ n: rows }]);
    expect(await of('target', 'archive.events')).toEqual(source);
  }
  /** What the checkpoints of a phase have counted. */
  async function counted(phase = 'copy') {
    const [row] = await cloud.clusters.get('target')!.query(
      `select cast(sum(row_count) as char) as seen, cast(sum(inserted) as char) as written,
         cast(sum(chunk) as char) as chunks, min(done) as done
       from archive.upgrade_runbooks_copy where phase = '${phase}'`,
    );
    return row!;
  }
  /** Redrives what fails, so many times, each after some hours; returns what it failed with. */
  async function carried(arn: string, most = 0, hours = 0): Promise<string[]> {
    const causes: string[] = [];
    while ((await cloud.engine.finished(arn)).status !== 'SUCCEEDED') {
      const { error, cause } = await cloud.engine.finished(arn);
      causes.push(`${error}: ${cause}`);
      expect(causes.slice(most)).toEqual([]);
      await cloud.clock.sleep(hours * 3_600_000);
      cloud.engine.redrive(arn);
    }
    return causes;
  }
  const struck = (kind: string) => cloud.faults.applied.filter(({ spec }) => spec.kind === kind);

  it('copies every row once and compares all of them', async () => {
    expect(await carried(begin())).toEqual([]);
    await expectWhole();
    const all = { seen: `${ROWS}`, written: `${ROWS}`, done: 1 };
    expect(await counted()).toMatchObject(all);
    expect(await counted('verify')).toMatchObject({ ...all, written: '0' });
  });

  it('a second run finds every row there and writes none', async () => {
    await carried(begin());
    await carried(begin());
    await expectWhole();
    expect(await counted()).toMatchObject({ seen: `${2 * ROWS}`, written: `${ROWS}` });
  });

  it('B4 a worker that is killed at 100 points: each row is written once, none is lost', async () => {
    await copying('busy', 1800);
    for (const [i, when] of ['before', 'after'].entries()) {
      arm(cloud, `kind=kill,task=CopyChunks,service=mysql,when=${when},probability=0.05,seed=${i}`);
    }
    await carried(begin([{ name: 'all', lo: '1', hi: '100000000' }]), 400);
    await expectWhole(1800);
    const all = { seen: '1800', written: '1800', done: 1 };
    expect(await counted()).toMatchObject(all);
    expect(await counted('verify')).toMatchObject({ ...all, written: '0' });
    expect(struck('kill').length).toBeGreaterThanOrEqual(100);
  }, 900_000);

  it('B10 deadlocks, lock waits, a failover and lost commits are survived without a redrive', async () => {
    for (const fault of [
      'kind=error,task=CopyChunks,sql=insert into `archive`.`events`,error=1213,nth=1,times=5',
      'kind=error,task=CopyChunks,sql=insert into `archive`.`events`,error=1205,nth=3',
      'kind=error,task=CopyChunks,sql=commit,error=1290,nth=2',
      'kind=error,task=CopyChunks,sql=commit,error=lost-connection,nth=4',
      'kind=lost-answer,task=CopyChunks,service=mysql,sql=commit,nth=6,times=3',
    ]) {
      arm(cloud, fault);
    }
    expect(await carried(begin())).toEqual([]);
    await expectWhole();
    expect(await counted()).toMatchObject({ seen: `${ROWS}`, written: `${ROWS}`, done: 1 });
    expect(cloud.faults.applied.length).toBeGreaterThanOrEqual(9);
  });

  it('B12 each turn of the copy costs seven events, whatever it has copied', async () => {
    await copying('busy', 3000);
    arm(cloud, 'kind=delay,seconds=30,task=CopyChunks,sql=insert into `archive`.`events`');
    const cost = async () => {
      const arn = begin([{ name: 'all', lo: '1', hi: '100000000' }]);
      expect(await carried(arn)).toEqual([]);
      const turns = enteredStates(cloud, arn).filter((name) => `${name}`.startsWith('Copy chunks'));
      return { turns: turns.length, events: eventCounts(cloud, arn).reduce((a, b) => a + b, 0) };
    };
    const long = await cost();
    // Finds every row there.
    const short = await cost();
    await expectWhole(3000);
    expect(long.turns).toBeGreaterThan(short.turns + 1);
    expect(long.events - short.events).toBe(7 * (long.turns - short.turns));
  });

  it.each([8, 13 * 24])('goes on where it was after %d hours', async (hours) => {
    await copying('busy', 2400);
    arm(cloud, 'kind=kill,task=CopyChunks,service=mysql,sql=insert into `archive`.`events`,nth=3');
    expect(await carried(begin(), 1, hours)).toHaveLength(1);
    await expectWhole(2400);
    expect(await counted()).toMatchObject({ seen: '2400', written: '2400', done: 1 });
  });

  /** Fails in the middle of the copy, and is redriven when something has happened to the tables. */
  async function interrupted(meanwhile: string) {
    await copying('busy', 2400);
    const deadly = 'kind=kill,task=CopyChunks,service=mysql,sql=insert into `archive`.`events`';
    arm(cloud, `${deadly},nth=3`);
    const arn = begin();
    expect((await cloud.engine.finished(arn)).status).toBe('FAILED');
    await cloud.clusters.get('target')!.query(meanwhile);
    cloud.engine.redrive(arn);
    return { arn, ...(await cloud.engine.finished(arn)) };
  }

  it('B18 a table that was altered meanwhile stops it, until it is as before', async () => {
    const { arn, cause } = await interrupted('alter table archive.events add column note int');
    expect(cause).toMatch(/CheckpointError.*altered/);
    await cloud.clusters.get('target')!.query('alter table archive.events drop column note');
    cloud.engine.redrive(arn);
    expect(await carried(arn)).toEqual([]);
    await expectWhole(2400);
  });

  it('a row that was changed is named by its id, and what is in it is not', async () => {
    const { cause = '' } = await interrupted("update archive.events set detail = 'x' where id = 5");
    expect(cause).toMatch(/\b5\b/);
    expect(cause).not.toMatch(/注文/);
  });

  it('a row that is gone, as one that is committed behind the copy, is copied again', async () => {
    expect((await interrupted('delete from archive.events where id = 5')).status).toBe('SUCCEEDED');
    await expectWhole(2400);
  });

  it('B8 writes nothing while a replica is behind, and goes on when it is not', async () => {
    await copying('busy', 2400);
    const lag = (ms: number) =>
      cloud.clusters.get('target')!.query(
        `update rehearsal.replica_host_status set replica_lag_in_milliseconds = ${ms}
         where server_id = 'archive-reader'`,
      );
    const written = () =>
      cloud.clusters.get('target')!.query('select max(id) as id from archive.events');
    const arn = begin();
    while ((await written())[0]!.id === null) await cloud.clock.sleep(500);
    await lag(9000);
    await cloud.clock.sleep(20_000);
    const before = await written();
    await cloud.clock.sleep(600_000);
    expect(await written()).toEqual(before);
    await lag(10);
    expect(await carried(arn)).toEqual([]);
    await expectWhole(2400);
    const [row] = await cloud.clusters
      .get('target')!
      .query(
        "select group_concat(paused) as paused from archive.upgrade_runbooks_copy where phase = 'copy'",
      );
    expect(row!.paused).toMatch(/"lag":[56]\d\d/);
  });
});

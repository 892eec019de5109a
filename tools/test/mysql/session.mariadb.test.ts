// What the door adds to MariaDB: the rehearsal's time, statements that outlive their client, faults.

import { setTimeout as delay } from 'node:timers/promises';
import { BUCKET, exportTo, world } from './world';

const MARK = '/* run-7 */ ';

describe('a session', () => {
  let aws: Awaited<ReturnType<typeof world>>;
  afterEach(() => aws.cluster.stop());

  /** Our statement in the process list: its thread, or undefined. */
  async function running(): Promise<number | undefined> {
    const [row] = await aws.cluster.query(
      "select id from information_schema.processlist where info like '/* run-7 */%outfile%'",
    );
    return row?.id as number | undefined;
  }
  async function until<T>(ask: () => T | Promise<T | undefined>): Promise<T | undefined> {
    for (let tries = 0; tries < 1000; tries++) {
      const found = await ask();
      if (found) return found;
      await delay(10);
    }
    return undefined;
  }

  it("tells the rehearsal's time, and rows get it", async () => {
    aws = await world();
    const client = await aws.connect('exporter', 'one', { dateStrings: true });
    await aws.clock.sleep(3_600_000);
    expect(await client.query('select now() as t')).toMatchObject([
      [{ t: '2026-03-08 13:00:00' }],
      expect.anything(),
    ]);
    await client.execute('update shop.item set price = ? where id = ?', [2, 2]);
    const [row] = await aws.cluster.query(
      'select cast(touched as char) t from shop.item where id = 2',
    );
    expect(row!.t).toMatch(/^2026-03-08 13:00:00/);
  });

  it('a long statement takes virtual time, stands in the process list, and is killed', async () => {
    aws = await world();
    aws.faults.arm({ kind: 'delay', sql: 'outfile', seconds: 600, nth: 1 });
    // Somebody computes: the clock stands still until it is let go.
    const release = aws.clock.hold();
    const client = await aws.connect('exporter', 'one');
    const export_ = client.query(exportTo('k', 'manifest on', MARK));
    const failed = expect(export_).rejects.toMatchObject({ errno: 1317 });
    const id = await until(running);
    expect(id).toBe(client.threadId);
    const other = await aws.connect('exporter', 'one');
    await other.query(`kill query ${id}`);
    await failed;
    expect(await running()).toBeUndefined();
    expect(aws.store.list(BUCKET)).toEqual([]);
    const start = aws.clock.now();
    aws.faults.arm({ kind: 'delay', sql: 'outfile', seconds: 600, nth: 1 });
    release();
    await client.query(exportTo('k', 'manifest on', MARK));
    expect(aws.clock.now() - start).toBeGreaterThanOrEqual(600_000);
    expect(aws.store.list(BUCKET)).toEqual(['k.manifest', 'k.part_00000']);
  });

  it.each([
    ['goes on', false, ['k.manifest', 'k.part_00000']],
    ['ends, where that is set', true, []],
  ])('a statement whose client is gone %s', async (_, stopsWithClient, written) => {
    aws = await world({ stopsWithClient });
    aws.faults.arm({ kind: 'delay', sql: 'outfile', seconds: 600, nth: 1 });
    const release = aws.clock.hold();
    const client = await aws.connect('exporter', 'one');
    // Never settles: its own side has hung up.
    void client.query(exportTo('k', 'manifest on', MARK));
    expect(await until(running)).toBeDefined();
    client.destroy();
    const ended = async () => (await running()) === undefined;
    expect(await until(async () => (await ended()) === stopsWithClient)).toBe(true);
    release();
    expect(await until(ended)).toBe(true);
    expect(await until(() => aws.store.list(BUCKET).length === written.length)).toBe(true);
    expect(aws.store.list(BUCKET)).toEqual(written);
  });

  it('faults: lost answers, lost connections, errors, and what was called', async () => {
    aws = await world();
    const ask = async (sql = 'select 1 as one') => {
      const client = await aws.connect('exporter', 'one');
      return await client.query(sql).finally(() => client.destroy());
    };
    aws.faults.arm({ kind: 'lost-answer', service: 'mysql', operation: 'SelectIntoS3', nth: 1 });
    await expect(ask(exportTo('a', 'manifest on'))).rejects.toMatchObject({
      code: 'PROTOCOL_CONNECTION_LOST',
    });
    expect(aws.store.list(BUCKET)).toEqual(['a.manifest', 'a.part_00000']);
    aws.faults.arm({ kind: 'error', service: 'mysql', error: 'lost-connection', sql: 'b', nth: 1 });
    await expect(ask(exportTo('b'))).rejects.toMatchObject({ code: 'PROTOCOL_CONNECTION_LOST' });
    expect(aws.store.list(BUCKET, 'b')).toEqual([]);
    aws.faults.arm({ kind: 'error', service: 'mysql', operation: 'Query', error: '1205', nth: 1 });
    await expect(ask()).rejects.toMatchObject({ errno: 1205 });
    aws.faults.arm({ kind: 'denied', service: 'mysql', operation: 'Connect', nth: 1 });
    await expect(ask()).rejects.toMatchObject({ errno: 1045 });
    await ask();
    const named = aws.calls.map(({ operation, by, error }) => [operation, by, error]);
    expect(named).toEqual([
      ['Connect', 'exporter', undefined],
      ['SelectIntoS3', 'exporter', undefined],
      ['Connect', 'exporter', undefined],
      ['Connect', 'exporter', undefined],
      ['Query', 'exporter', '1205'],
      ['Connect', 'exporter', undefined],
      ['Query', 'exporter', undefined],
    ]);
  });
});

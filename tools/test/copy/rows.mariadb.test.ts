// What arrives: exactly the source's rows, whatever is in them.

import { CopyWorld } from './world';

/** Values that a copy likes to change on the way. */
const ODD = [
  `(null, '2015-03-01 10:00:00.000001', null, null, null, 2147483647)`,
  `('', '1970-01-01 00:00:01', '', 0, -0e0, 1)`,
  `(' ', '9999-12-31 23:59:59.999999', 'trailing ', 0.1, 0.30000000000000004, 1)`,
  `('N', '2015-10-25 01:30:00.5', 'it''s "quoted", a \\\\ and a # ; -- /* */', 1e308, 4.9e-324, 1)`,
  `('a,b', '2016-02-29 00:00:00', concat('tab', char(9), 'line', char(13), char(10), 'nul', char(0), 'sub', char(26)), 1e22, 123456789.12345678, 1)`,
  `('日本', '2015-03-01 10:00:00', 'ユニコード é ß', 1.7976931348623157e308, -1e-7, 1)`,
];

describe('a chunked copy', () => {
  let world: CopyWorld;
  beforeAll(async () => {
    world = await CopyWorld.start();
  });
  afterAll(() => world.stop());

  const odd = (values = ODD) =>
    world.source.query(`insert into ${world.sourceName}
      (version, created, state, grade, max_grade, student_module_id) values ${values.join(', ')}`);

  describe.each([
    ['on one server', false],
    ['between two servers', true],
  ])('%s', (_, across) => {
    it('B1 brings exactly the rows of its range', async () => {
      await world.fresh({ across });
      await world.seed(5_000);
      world.range(101, 4_900);
      const result = await world.invoke();
      const all = { status: 'done', rows: '4800', inserted: '4800', verifiedTo: '4900' };
      expect(result).toEqual(all);
      expect(await world.rows('target')).toEqual((await world.rows('source')).slice(100, 4_900));
      expect(await world.verify()).toEqual({ ...all, inserted: '0' });
    });

    it('B1 changes no value on the way', async () => {
      await world.fresh({ across });
      await odd();
      await world.invoke();
      expect(await world.rows('target')).toEqual(await world.rows('source'));
      expect(await world.verify()).toMatchObject({ status: 'done', rows: '6' });
    });

    it.each([
      ['latin1', 'utf8mb4', 'é ß ¢'],
      ['utf8mb4', 'utf8mb4', '🎓 日本'],
      ['utf8mb4', 'utf8mb3', 'é 日本'],
      ['latin1', 'latin1', 'é ß ¢'],
    ])('B7 compares bytes of %s and %s as one text', async (source, target, text) => {
      await world.fresh({ across, source, target });
      await odd([`('${text}', '2015-03-01 10:00:00', '${text} ', null, 1, 7)`]);
      await world.invoke();
      expect(await world.rows('target')).toEqual(await world.rows('source'));
    });

    it('B1 brings times without a fraction and keys beyond 2^53', async () => {
      await world.fresh({ across });
      await world.source.query(`alter table ${world.sourceName}
        modify created datetime not null, modify id bigint unsigned not null auto_increment`);
      await odd();
      await world.source.query(
        `update ${world.sourceName} set id = id + 18446744073709550000 order by id desc`,
      );
      world.range(18446744073709550001n, 18446744073709550006n);
      expect(await world.invoke()).toMatchObject({ verifiedTo: '18446744073709550006' });
      expect(await world.rows('target')).toEqual(await world.rows('source'));
    });

    it('B1 brings bytes that are no text', async () => {
      await world.fresh({ across });
      for (const [connection, name] of [
        [world.source, world.sourceName],
        [world.target, world.targetName],
      ] as const) {
        await connection.query(`alter table ${name} modify state longblob`);
      }
      await odd();
      await world.source.query(`update ${world.sourceName} set state = x'00ff27c328' where id = 2`);
      const columns = world.payload.columns.map((column) =>
        column.source === 'state' ? { ...column, kind: 'bytes' as const } : column,
      );
      world.set({ columns });
      await world.invoke();
      const sql = (name: string) =>
        `select cast(id as char) as id, hex(state) as bytes from ${name} order by id`;
      expect(await world.ask(sql(world.targetName))).toEqual(
        await world.ask(sql(world.sourceName), 'source'),
      );
    });

    it('an empty range is done at once', async () => {
      await world.fresh({ across });
      expect(await world.invoke()).toEqual({
        status: 'done',
        rows: '0',
        inserted: '0',
        verifiedTo: '100000',
      });
    });
  });

  it('B2 crosses a gap of a billion keys as if it were not there', async () => {
    await world.fresh();
    await world.seed(1_000);
    await world.seed(1_000, 1_000_000_000);
    world.range(1, 1_000_000_999);
    await world.invoke();
    const looks = world.sent.filter(
      (sql) => sql.includes('max(w.k)') && !sql.includes(`limit ${2n ** 64n - 1n}`),
    );
    expect(await world.ask(`select count(*) as n from ${world.targetName}`)).toEqual([
      { n: '2000' },
    ]);
    expect(Number((await world.checkpoint()).chunk)).toBe(2);
    expect(looks.length).toBeLessThanOrEqual(3);
  });

  it('D14 never goes past the end of its range, nor to where new rows are', async () => {
    await world.fresh();
    await world.seed(1_500);
    await world.target.query(`insert into ${world.targetName}
      (id, created, student_module_id) values (1201, now(), 1)`);
    world.range(1, 1_200);
    world.set({ cut: '1201' });
    await world.invoke();
    expect(
      await world.ask(`select max(id) as last, count(*) as n from ${world.targetName}`),
    ).toEqual([{ last: '1201', n: '1201' }]);
    world.range(1_201, 1_500, 'range-2');
    await expect(world.invoke()).rejects.toMatchObject({ name: 'IdOverlapError' });
  });

  it('D8 reads the source without a lock on any row', async () => {
    await world.fresh();
    await world.seed(1_000);
    const locks: unknown[] = [];
    world.before = async (sql) => {
      if (!sql.includes('set verified_to')) return;
      // Whoever needs a lock on every row gets it while the chunk is under way.
      await world.source.query('set innodb_lock_wait_timeout = 1');
      await world.source.query('start transaction');
      const [rows] = await world.source.query(`select id from ${world.sourceName} for update`);
      locks.push((rows as unknown[]).length);
      await world.source.query('rollback');
    };
    await world.invoke();
    expect(locks).toEqual([1000]);
  });

  it('keeps the application from inserting for two thousand rows at most', async () => {
    await world.fresh();
    await world.seed(12_000);
    await world.invoke();
    const windows = world.sent.map((sql) => /> (\d+)\s+and t.`id` <= (\d+)\norder by/.exec(sql));
    const rows = windows.flatMap((found) => (found ? [Number(found[2]) - Number(found[1])] : []));
    expect(rows.length).toBeGreaterThan(6);
    expect(Math.max(...rows)).toBeLessThanOrEqual(2_000);
    expect(await world.rows('target')).toEqual(await world.rows('source'));
  });

  it('B11 writes statements of at most half a packet', async () => {
    await world.fresh({ across: true });
    await world.seed(2_000);
    await world.target.query('set global max_allowed_packet = 65536');
    await world.invoke();
    await world.target.query('set global max_allowed_packet = 16777216');
    const inserts = world.sent.filter((sql) => sql.includes('\nvalues ('));
    const sizes = inserts.map((sql) => Buffer.byteLength(sql));
    expect(Math.max(...sizes)).toBeLessThan(34_000);
    expect(Math.max(...sizes)).toBeGreaterThan(30_000);
    expect(await world.rows('target')).toEqual(await world.rows('source'));
  });
});

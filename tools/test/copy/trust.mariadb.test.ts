// A chunk is believed only when the target says the same as the source; a server that minds stops the copy.

import { CopyWorld } from './world';

const WRITES = /^\/\*.*\*\/\ninsert into `csmh`\.`course/;

describe('what a server does to rows', () => {
  let world: CopyWorld;
  beforeAll(async () => {
    world = await CopyWorld.start();
  });
  afterAll(() => world.stop());

  const nothing = async () => {
    expect(await world.rows('target')).toEqual([]);
    expect(await world.checkpoint()).toMatchObject({ verified_to: '0', chunk: '0' });
  };
  const trigger = (body: string) =>
    world.target.query(
      `create trigger csmh.odd before insert on ${world.targetName} for each row ${body}`,
    );

  describe.each([
    ['on one server', false],
    ['between two servers', true],
  ])('%s', (_, across) => {
    beforeEach(async () => {
      await world.fresh({ across });
      await world.seed(1_500);
    });

    it('B7 a value that is changed in silence stops the copy before its checkpoint', async () => {
      await trigger('set new.grade = if(new.id = 77, 99, new.grade)');
      await expect(world.invoke()).rejects.toThrow(/: 77 differs in grade/);
      await nothing();
    });

    it.each([
      [
        'a text that is too long',
        'modify state varchar(20)',
        /1406 ER_DATA_TOO_LONG \(column state\)/,
      ],
      ['a null that is not allowed', 'modify grade double not null', /1048 ER_BAD_NULL_ERROR/],
      ['a key of another index', 'add unique (student_module_id)', /1062 ER_DUP_ENTRY/],
    ])('B6 stops at %s, without a word of the value', async (_what, alter, says) => {
      await world.target.query(`alter table ${world.targetName} ${alter}`);
      const error = (await world.invoke().catch((caught: Error) => caught)) as Error;
      expect(error).toMatchObject({ name: 'MySqlStatementError' });
      expect(error.message).toMatch(says);
      expect(error.message).not.toMatch(/attempts|Duplicate entry/);
      await nothing();
    });

    it('B6 stops at a warning', async () => {
      await world.target.query(`alter table ${world.targetName} modify created date`);
      const error = (await world.invoke().catch((caught: Error) => caught)) as Error;
      expect(error.message).toMatch(/wrote rows with \d+ warning\(s\): 1265 \(column created\)/);
      await nothing();
    });

    it('B6 a row that comes in between is compared, and is named when it is another', async () => {
      let came = false;
      world.before = async (sql) => {
        if (came || !WRITES.test(sql)) return;
        came = true;
        await world.target.query(`insert into ${world.targetName} (id, created, student_module_id)
          values (5, now(), 1)`);
      };
      await expect(world.invoke()).rejects.toThrow(/: 5 differs in /);
    });
  });

  /** Changes the source after a chunk was planned, and before it is written. */
  const meanwhile = (most: number) => {
    let times = 0;
    world.before = async (sql) => {
      if (!WRITES.test(sql) || ++times > most) return;
      await world.source.query(`delete from ${world.sourceName} where id = ${10 * times}`);
      await world.source.query(`insert into ${world.sourceName} (id, created, student_module_id)
        values (${10 * times}, '2020-01-01', 1)`);
      await world.source.query(`delete from ${world.sourceName} where id = ${20 * times + 1}`);
    };
  };

  it('rows that leave or come while a chunk is written do not confuse it', async () => {
    await world.fresh();
    await world.seed(1_500);
    meanwhile(2);
    expect(await world.invoke()).toMatchObject({ status: 'done', rows: '1498' });
    expect(await world.rows('target')).toEqual(await world.rows('source'));
  });

  it('rows that leave after they were read for another server are found by the verification', async () => {
    await world.fresh({ across: true });
    await world.seed(1_500);
    meanwhile(1);
    await world.invoke();
    await expect(world.verify()).rejects.toThrow(/: 10 differs in .*; 21 is only in csmh/);
  });

  it('B3 D6 no chunk is far larger than it should be, however rows grow', async () => {
    await world.fresh();
    await world.seed(4_000);
    await world.source.query(
      `update ${world.sourceName} set state = repeat('x', 20000) where id > 2500`,
    );
    world.settings({ chunkMiB: 1 });
    await world.invoke();
    const moves = world.sent.filter((sql) => sql.includes('set verified_to'));
    const sizes = moves.map((sql) => Number(/byte_count \+ (\d+)/.exec(sql)![1]));
    expect(Math.max(...sizes)).toBeLessThan(1.3 * 1_048_576);
    expect(sizes.length).toBeLessThan(60);
    expect(await world.rows('target')).toEqual(await world.rows('source'));
  });
});

// A difference of any kind is found, named by its key, and told of without what a learner wrote.

import { CopyWorld } from './world';

const KEY = 1_234;

describe('a difference', () => {
  let world: CopyWorld;
  beforeAll(async () => {
    world = await CopyWorld.start();
  });
  afterAll(() => world.stop());

  const set = (what: string) => `update target set ${what} where id = ${KEY}`;
  const table = it.each([
    ['a flipped byte', set(`state = concat('[', substr(state, 2))`), /^1234 differs in state \(/],
    ['an empty text for a null', set(`version = ''`), /differs in version \(null, 0 bytes/],
    ['a null for a text', set('state = null'), /differs in state \(\d+ bytes \w{12}, null\)/],
    ['a trailing space', set(`state = concat(state, ' ')`), /differs in state \(/],
    ['another case', set('state = upper(state)'), /differs in state \(/],
    ['a lost microsecond', set('created = created - interval 1 microsecond'), /differs in created/],
    [
      'another character set',
      set(`state = convert(cast(state as binary) using latin1)`),
      /in state/,
    ],
    ['the last bit of a number', set('grade = grade + 2.220446049250313e-16'), /differs in grade/],
    ['a null for a number', set('max_grade = null'), /differs in max_grade \(1 bytes/],
    ['another learner', set('student_module_id = 978'), /differs in student_module_id/],
    ['a row too few', `delete from target where id = ${KEY}`, /^1234 is only in edxapp\./],
    ['a row too many', `delete from source where id = ${KEY}`, /^1234 is only in csmh\./],
    [
      'a moved key',
      `update target set id = 5000 where id = ${KEY}`,
      /^1234 is only in edxapp.+; 5000 is only in csmh/,
    ],
  ]);

  describe.each([
    ['on one server', false],
    ['between two servers', true],
  ])('%s', (_, across) => {
    table('is found by the verification: %s', async (_what, damage, sentence) => {
      await world.fresh({ across });
      await world.seed(2_000);
      await world.source.query(
        `update ${world.sourceName} set state = 'Zoë said é', version = null, grade = 0.5, max_grade = 1 where id = ${KEY}`,
      );
      world.range(1, 6_000);
      await world.invoke();
      const side = damage.includes('from source') ? world.source : world.target;
      await side.query(
        damage.replace('target', world.targetName).replace('source', world.sourceName),
      );
      const error = await world.verify().then(
        () => undefined,
        (caught: Error) => caught,
      );
      expect(error).toMatchObject({ name: 'ReconciliationError' });
      expect(error!.message.replace(/^.*?: /, '')).toMatch(sentence);
      expect(error!.message).not.toMatch(/Zo|said|SAID/);
      world.set({ phase: 'verify' });
      expect(Number((await world.checkpoint()).verified_to)).toBeLessThan(KEY);
    });
  });

  describe.each([
    ['on one server', false],
    ['between two servers', true],
  ])('D10 of a row that was committed behind its chunk, %s', (_, across) => {
    beforeEach(async () => {
      await world.fresh({ across });
      await world.seed(3_000);
      await world.source.query(`delete from ${world.sourceName} where id in (5, 2500)`);
      await world.invoke();
      for (const id of [5, 2_500]) {
        await world.source.query(`insert into ${world.sourceName} (id, created, state, student_module_id)
          values (${id}, '2020-01-01 00:00:00.25', 'late é', 9)`);
      }
      world.set({ addLate: true });
    });

    it('is no error of the comparison of a copy: the row is copied, and counted', async () => {
      const all = { status: 'done', rows: '3000', inserted: '2', verifiedTo: '3000' };
      expect(await world.verify()).toEqual(all);
      expect(await world.rows('target')).toEqual(await world.rows('source'));
      expect(await world.verify()).toEqual(all);
    });

    it('does not hide a row beside it that the source does not have', async () => {
      await world.target.query(`insert into ${world.targetName} (id, created, student_module_id)
        values (3000000, now(), 1)`);
      world.range(1, 4_000_000, 'range-1');
      await expect(world.verify()).rejects.toThrow(/: 3000000 is only in csmh/);
      const ids = `select id from ${world.targetName} where id = 2500`;
      expect(await world.ask(ids)).toEqual([]);
    });

    it('is an error where nothing may be added, as in a removal', async () => {
      world.set({ addLate: false });
      await expect(world.verify()).rejects.toThrow(/: 5 is only in edxapp/);
      expect(await world.ask(`select id from ${world.targetName} where id = 5`)).toEqual([]);
    });
  });

  it('B5 of a row that is there already stops the copy in its chunk', async () => {
    await world.fresh();
    await world.seed(3_000);
    await world.target.query(`insert into ${world.targetName} (id, created, state, student_module_id)
      values (1500, now(), 'somebody else', 1)`);
    const error = await world.invoke().catch((caught: Error) => caught);
    expect(error).toMatchObject({ name: 'ReconciliationError' });
    expect((error as Error).message).toMatch(/: 1500 differs in version .*, created .*, state/);
    expect((error as Error).message).not.toContain('somebody');
    expect(await world.ask(`select count(*) as n from ${world.targetName}`)).toEqual([
      { n: '1001' },
    ]);
    expect(await world.checkpoint()).toMatchObject({ verified_to: '1000' });
    await world.target.query(`delete from ${world.targetName} where id = 1500`);
    expect(await world.invoke()).toMatchObject({ status: 'done', rows: '3000' });
    expect(await world.rows('target')).toEqual(await world.rows('source'));
  });

  it('names no more than twenty rows', async () => {
    await world.fresh();
    await world.seed(3_000);
    await world.invoke();
    await world.target.query(`update ${world.targetName} set grade = 77 where id > 900`);
    const error = await world.verify().catch((caught: Error) => caught);
    expect((error as Error).message.match(/differs in grade/g)).toHaveLength(20);
    expect((error as Error).message).toContain('more than 20 rows');
  });

  it('B7 of values that hash functions confuse is found too', async () => {
    await world.fresh();
    await world.seed(100);
    await world.invoke();
    // The same change in two rows: what is XORed cancels where keys are not part of the hash.
    await world.target.query(`update ${world.targetName} a join ${world.targetName} b
      on a.id = 10 and b.id = 20 or a.id = 20 and b.id = 10 set a.state = b.state`);
    await expect(world.verify()).rejects.toThrow(/10 differs in state .*20 differs in state/);
  });
});

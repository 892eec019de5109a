// The checkpoint: a copy goes on where it was, whatever ended its worker, and only one worker moves it.

import { CopyWorld } from './world';

describe('a checkpoint', () => {
  let world: CopyWorld;
  beforeAll(async () => {
    world = await CopyWorld.start();
  });
  afterAll(() => world.stop());

  /** Ends the worker and its connections, before or after its nth statement. */
  const kill = (nth: number, when: 'before' | 'after') => {
    let count = 0;
    world[when] = () => {
      count++;
      if (count !== nth) return;
      world.cutOff();
      throw new Error('killed');
    };
  };

  const whole = async () => {
    expect(await world.rows('target')).toEqual(await world.rows('source'));
    expect(await world.checkpoint()).toMatchObject({
      row_count: '2600',
      inserted: '2600',
      done: 1,
    });
  };

  it.each(['before', 'after'] as const)(
    'B4 survives a kill %s each of its statements: every row once',
    async (when) => {
      await world.fresh();
      await world.seed(2_600);
      await world.invoke();
      const statements = world.sent.length;
      expect(statements).toBeGreaterThan(30);
      for (let nth = 1; nth <= statements; nth++) {
        await world.target.query(`truncate ${world.targetName}`);
        await world.target.query('drop table if exists csmh.upgrade_runbooks_copy');
        kill(nth, when);
        await world.invoke().catch(() => undefined);
        world[when] = () => undefined;
        await world.invoke();
        await whole();
      }
    },
    240_000,
  );

  it('B4 moves in the transaction of its rows: count, fingerprint and sizes of all chunks', async () => {
    await world.fresh();
    await world.seed(2_600);
    await world.invoke();
    const [print] = await world.ask(`select cast(bit_xor(crc32(concat_ws('#', id,
      ifnull(length(version), 'N'), ifnull(crc32(version), 'N'), cast(created as datetime(6)),
      ifnull(length(state), 'N'), ifnull(crc32(state), 'N'), ifnull(grade, 'N'), ifnull(max_grade, 'N'),
      student_module_id))) as char) as crc from ${world.targetName}`);
    expect(await world.checkpoint()).toMatchObject({
      run_id: world.run.runId,
      execution_arn: world.run.executionArn,
      lo: '1',
      hi: '2600',
      verified_to: '2600',
      chunk_after: '2000',
      chunk: '3',
      crc_xor: print!.crc,
    });
  });

  it('B4 B10 counts a chunk once when only the answer of its commit was lost', async () => {
    await world.fresh();
    await world.seed(2_600);
    world.after = (sql, connection) => {
      const commits = world.sent.filter((one) => one === 'commit').length;
      // That of each chunk, between those that take the range.
      if (sql !== 'commit' || commits % 2 === 1) return;
      connection.destroy();
      throw Object.assign(new Error('lost'), { errno: 2013, code: 'PROTOCOL_CONNECTION_LOST' });
    };
    await world.invoke();
    await whole();
    expect(world.slept.length).toBeGreaterThan(1);
  });

  it('D1 D5 a restart asks neither source nor target for a greatest key', async () => {
    await world.fresh();
    await world.seed(2_600);
    kill(35, 'before');
    await world.invoke().catch(() => undefined);
    world.before = () => undefined;
    expect(await world.checkpoint()).toMatchObject({ verified_to: '1000' });
    // A hole below, and a live row far above.
    await world.target.query(`insert into ${world.targetName} (id, created, student_module_id)
      values (100000, now(), 1)`);
    await world.target.query(`delete from ${world.targetName} where id = 7`);
    expect(await world.invoke()).toMatchObject({ status: 'done' });
    await world.target.query(`delete from ${world.targetName} where id = 100000`);
    expect(await world.rows('target')).toEqual(await world.rows('source'));
  });

  describe.each([
    ['on one server', false],
    ['between two servers', true],
  ])('a row that is committed behind the copy, %s', (_, across) => {
    /** The copy has come to 2000 of 2600 when its worker ends; row 1500 is committed only now. */
    const late = async (damage = '') => {
      await world.fresh({ across });
      await world.seed(2_600);
      await world.source.query(`delete from ${world.sourceName} where id = 1500`);
      let commits = 0;
      world.after = (sql) => {
        commits += Number(sql === 'commit');
        if (commits < 3) return;
        world.cutOff();
        throw new Error('killed');
      };
      await world.invoke().catch(() => undefined);
      world.after = () => undefined;
      const { verified_to, chunk_after } = await world.checkpoint();
      expect([Number(chunk_after) < 1_500, Number(verified_to) > 1_500]).toEqual([true, true]);
      await world.source.query(`insert into ${world.sourceName} (id, created, student_module_id)
        values (1500, '2020-01-01', 9)`);
      if (damage) await world.target.query(damage.replace('target', world.targetName));
    };

    it('and of the chunk that is compared again on resume, is copied', async () => {
      await late();
      expect(await world.invoke()).toEqual({
        status: 'done',
        rows: '2600',
        inserted: '2600',
        verifiedTo: '2600',
      });
      expect(await world.rows('target')).toEqual(await world.rows('source'));
      const [print] = await world.ask(`select cast(bit_xor(crc32(concat_ws('#', id,
        ifnull(length(version), 'N'), ifnull(crc32(version), 'N'), cast(created as datetime(6)),
        ifnull(length(state), 'N'), ifnull(crc32(state), 'N'), ifnull(grade, 'N'), ifnull(max_grade, 'N'),
        student_module_id))) as char) as crc from ${world.targetName}`);
      expect(await world.checkpoint()).toMatchObject({ crc_xor: print!.crc, row_count: '2600' });
    });

    it('does not hide one beside it that differs, and is not written then', async () => {
      await late('update target set grade = 77 where id = 1400');
      const error = (await world.invoke().catch((caught: Error) => caught)) as Error;
      expect(error).toMatchObject({ name: 'ReconciliationError' });
      expect(error.message).toContain('1400 differs in grade');
      expect(error.message).not.toContain('1500');
      expect(await world.ask(`select id from ${world.targetName} where id = 1500`)).toEqual([]);
    });
  });

  it('D2 D3 D4 a chunk that fails stops the copy, and none behind it is written', async () => {
    await world.fresh();
    await world.seed(2_600);
    world.before = (sql) => {
      const third =
        sql.startsWith('/*') && sql.includes('insert into `csmh`') && sql.includes('> 1000');
      if (third) throw Object.assign(new Error('x'), { errno: 1114, code: 'ER_RECORD_FILE_FULL' });
    };
    await expect(world.invoke()).rejects.toThrow(/refused a chunk of range-1 with 1114/);
    const [rows] = await world.ask(`select cast(max(id) as char) as last from ${world.targetName}`);
    expect(rows).toEqual({ last: '1000' });
    world.before = () => undefined;
    await world.invoke();
    await whole();
  });

  it('B5 a finished range and a range of another run that finds all rows write nothing', async () => {
    await world.fresh();
    await world.seed(2_600);
    const first = await world.invoke();
    const before = world.sent.length;
    expect(await world.invoke()).toEqual(first);
    world.range(1, 2_600, 'pass-2');
    expect(await world.invoke()).toEqual({ ...first, inserted: '0' });
    const inserts = world.sent
      .slice(before)
      .filter((sql) => sql.includes('student_module_id` )\n'));
    expect(inserts).toEqual([]);
  });

  it.each([false, true])(
    'B5 inserts what is absent between rows that are there (across: %s)',
    async (across) => {
      await world.fresh({ across });
      await world.seed(2_600);
      await world.invoke();
      await world.target.query(`delete from ${world.targetName} where id % 3 = 0`);
      world.range(1, 2_600, 'pass-2');
      expect(await world.invoke()).toMatchObject({ status: 'done', rows: '2600', inserted: '866' });
      expect(await world.rows('target')).toEqual(await world.rows('source'));
    },
  );

  it('B13 a worker that lost the range writes nothing more and leaves', async () => {
    await world.fresh();
    await world.seed(2_600);
    let taken = false;
    world.before = async (sql) => {
      if (taken || !sql.includes('for update') || !sql.includes('cast(fence')) return;
      if (
        Number((await world.ask('select count(*) as n from csmh.upgrade_runbooks_copy'))[0]!.n) ===
        0
      )
        return;
      const [row] = await world.ask('select chunk from csmh.upgrade_runbooks_copy');
      if (Number(row!.chunk) !== 1) return;
      taken = true;
      await world.target.query('update csmh.upgrade_runbooks_copy set fence = fence + 1');
    };
    expect(await world.invoke()).toMatchObject({ status: 'running', verifiedTo: '1000' });
    expect(taken).toBe(true);
    const rows = await world.ask(`select cast(max(id) as char) as last from ${world.targetName}`);
    expect(rows).toEqual([{ last: '1000' }]);
    await world.invoke();
    await whole();
  });

  it('a range begins while a chunk of another range of its run is under way', async () => {
    await world.fresh();
    await world.seed(2_600);
    const { payload } = world;
    let second: Promise<unknown> | undefined;
    world.before = async (sql) => {
      if (second || !sql.includes('set verified_to')) return;
      world.range(1_301, 2_600, 'range-2');
      second = world.invoke();
      await second;
    };
    world.range(1, 1_300);
    await world.invoke();
    expect(await second).toMatchObject({ status: 'done', rows: '1300' });
    expect(world.slept).toEqual([]);
    expect(await world.rows('target')).toEqual(await world.rows('source'));
    world.payload = payload;
  });

  it('B13 refuses a range that another run copies, and takes it when that run is silent', async () => {
    await world.fresh();
    await world.seed(2_600);
    kill(35, 'before');
    await world.invoke().catch(() => undefined);
    world.before = () => undefined;
    await world.target.query("update csmh.upgrade_runbooks_copy set run_id = 'other'");
    world.range(500, 900, 'range-9');
    await expect(world.invoke()).rejects.toMatchObject({ name: 'LeaseHeldError' });
    await world.target.query(
      'update csmh.upgrade_runbooks_copy set updated_at = utc_timestamp(6) - interval 16 minute',
    );
    expect(await world.invoke()).toMatchObject({ status: 'done' });
    const sql = "select fence from csmh.upgrade_runbooks_copy where run_id = 'other'";
    expect(await world.ask(sql)).toEqual([{ fence: '2' }]);
  });

  describe('B18', () => {
    const begun = async () => {
      await world.fresh();
      await world.seed(2_600);
      kill(35, 'before');
      await world.invoke().catch(() => undefined);
      world.before = () => undefined;
    };
    const age = (hours: number, arn: string) =>
      world.target.query(`update csmh.upgrade_runbooks_copy
        set updated_at = utc_timestamp(6) - interval ${hours} hour, execution_arn = '${arn}'`);

    it('refuses the old checkpoint of another execution until somebody says so', async () => {
      await begun();
      await age(169, 'another');
      await expect(world.invoke()).rejects.toThrow(/is 169 h old.*resumeStale/);
      world.set({ resumeStale: true });
      await world.invoke();
      await whole();
    });

    it.each([
      [167, 'another'],
      [500, 'its own'],
    ])('goes on after %s h in %s execution', async (hours, whose) => {
      await begun();
      await age(hours, whose === 'its own' ? world.run.executionArn : whose);
      await world.invoke();
      await whole();
    });

    it('refuses a table that was altered since, and not one whose next key has moved', async () => {
      await begun();
      await world.source.query(`alter table ${world.sourceName} modify version varchar(254)`);
      await expect(world.invoke()).rejects.toThrow(/was altered since/);
      await world.source.query(`alter table ${world.sourceName} modify version varchar(255)`);
      await world.target.query(`alter table ${world.targetName} auto_increment = 77777`);
      await world.invoke();
      await whole();
    });

    it('refuses a checkpoint of other keys', async () => {
      await begun();
      world.range(1, 2_500);
      await expect(world.invoke()).rejects.toThrow(/is about keys 1 to 2600, not 1 to 2500/);
    });
  });

  it('stops with its execution, after the chunk at hand', async () => {
    await world.fresh();
    await world.seed(2_600);
    world.sfn.statuses[world.run.executionArn] = 'ABORTED';
    expect(await world.invoke()).toEqual({
      status: 'running',
      rows: '0',
      inserted: '0',
      verifiedTo: '0',
    });
    expect(world.sent).toEqual([]);
  });
});

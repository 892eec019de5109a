// The old rows go, on a real MariaDB: exactly those that were copied and compared.

import type { Connection } from 'mysql2/promise';
import { drainRows } from '../../../lambdas/drain-rows/core';
import { readMigration } from '../../../lambdas/read-migration/core';
import { settingsKey } from '../../../lambdas/shared/copy/settings';
import { copiedKey } from '../../../lambdas/shared/history/copied';
import { runKey } from '../../../lambdas/shared/ledger';
import type { MySqlRef } from '../../../lambdas/shared/mysql';
import { bodyOf } from '../../../lambdas/shared/sql';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { COPY_DEFAULTS } from '../../../test/support/copy-settings';
import { HistoryWorld, lost, NEW_TABLE, OLD_TABLE, upTo } from './world';

const SETTINGS = {
  ...COPY_DEFAULTS,
  niceRatio: 0,
  pauseThreads: 1_000,
  abortThreads: 2_000,
  maxCommitMs: 60_000,
};

describe('removing old rows', () => {
  let world: HistoryWorld;
  beforeAll(async () => {
    world = await HistoryWorld.start();
    await world.sql('grant delete, drop on edxapp.* to lms; grant lock tables on edxapp.* to lms');
  });
  beforeEach(async () => {
    await world.fresh();
    const text = bodyOf(sqlText({ file: 'mysql-copy/mysql-create-checkpoints' }));
    await world.sql(text.replace('{{id:database}}', 'csmh'));
  });
  afterAll(() => world.stop());

  /** Rows in both tables, copied by one run and compared by this one. */
  const copied = async (ids: readonly number[], hi = ids.at(-1)!) => {
    await world.rows(ids);
    await world.rows(ids, NEW_TABLE);
    await world.open('run-0', { status: 'succeeded' });
    const item = { lo: String(ids[0]), hi: String(hi), cut: '900000', at: '' };
    await world.memory.put(copiedKey('run-0'), item);
    await world.memory.put(runKey('run-0', 'history#offset'), { cut: '900000', offset: '10000' });
    await checkpoint('run-0', 'copy', ids[0]!, hi, ids.length);
    await checkpoint('run-1', 'verify', ids[0]!, hi, ids.length);
  };
  const checkpoint = (run: string, phase: string, lo: number, hi: number, rows: number) =>
    world.sql(`insert into csmh.upgrade_runbooks_copy values ('${run}', 'r-${lo}', '${phase}', 'arn', '${NEW_TABLE}',
      ${lo}, ${hi}, ${hi}, ${hi}, 1, 1, ${rows}, 0, 0, 0, 0, 1, '{}', 'x', 1, now(6))`);
  const read = (more: object = {}) =>
    readMigration(
      {
        ...world.both,
        migrationOf: 'run-0',
        confirm: OLD_TABLE,
        workers: 1,
        method: 'drain',
        ...more,
      },
      world.deps,
    );
  const drain = (more: object = {}, requestId = 'first', deps: object = {}) =>
    drainRows(
      {
        ...world.both,
        lo: '1',
        hi: '3000',
        cut: '900000',
        method: 'drain',
        confirm: OLD_TABLE,
        verifiedAt: new Date(world.clock.now()).toISOString(),
        settings: SETTINGS,
        replicas: [],
        ...more,
      },
      {
        ...world.deps,
        connectReplica: () => Promise.reject(new Error('no replica')),
        ...deps,
      },
      world.invocation(requestId),
    );
  const deletes = () => world.sent.filter((sql) => /^(delete|truncate)/.test(sql));

  it('D12: drains exactly to the last id that was copied, each statement from where the last one ended', async () => {
    await copied(upTo(1, 3_000));
    await world.rows([3_001, 3_500]);
    expect(await read()).toEqual({
      lo: '1',
      hi: '3000',
      cut: '900000',
      sameServer: true,
      ranges: [{ name: 'range-1', lo: '1', hi: '3000' }],
    });
    expect(await drain()).toEqual({ status: 'done', deleted: '3000', deletedTo: '3000' });
    expect(await world.ids(OLD_TABLE)).toEqual([3_001, 3_500]);
    expect(await world.ids(NEW_TABLE)).toEqual(upTo(1, 3_000));
    const bounds = deletes().map((sql) =>
      /id > (\d+)\s+and id <= (\d+)/.exec(sql)!.slice(1).map(Number),
    );
    expect(bounds[0]![0]).toBe(0);
    expect(bounds.slice(1).map(([after]) => after)).toEqual(
      bounds.slice(0, -1).map(([, to]) => to),
    );
    expect(bounds.at(-1)![1]).toBe(3_000);
    expect(await drain()).toEqual({ status: 'done', deleted: '3000', deletedTo: '3000' });
  });

  it('D12, B2: gaps of ids cost nothing', async () => {
    await copied([...upTo(1, 50), ...upTo(800_000, 800_050)]);
    expect(await drain({ hi: '800050' })).toMatchObject({ status: 'done', deleted: '101' });
    expect(deletes()).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)(
    'a connection that breaks %s any statement ends in the same tables and counts',
    async (when) => {
      await copied(upTo(1, 3_000));
      let sent = 0;
      world[when] = () => {
        sent += 1;
        if ([2, 5, 11, 18, 23, 30, 38, 45].includes(sent)) lost();
      };
      expect(await drain()).toMatchObject({ status: 'done', deleted: '3000' });
      expect(await world.ids(OLD_TABLE)).toEqual([]);
    },
  );

  it('a task that dies at any write of the ledger loses and repeats nothing', async () => {
    await copied(upTo(1, 3_000));
    await world.rows([3_001]);
    let writes = 0;
    const die = () => {
      writes += 1;
      if (upTo(1, 12).includes(writes / 11)) throw new Error('killed');
    };
    world.memory.before = die;
    world.memory.after = die;
    let last = await drain().catch(() => undefined);
    for (let calls = 0; last?.status !== 'done' && calls < 40; calls++) {
      last = await drain({}, `call-${calls}`).catch(() => undefined);
    }
    expect(last).toEqual({ status: 'done', deleted: '3000', deletedTo: '3000' });
    expect(await world.ids(OLD_TABLE)).toEqual([3_001]);
  });

  it('rule 15: an execution that was stopped deletes nothing more', async () => {
    await copied(upTo(1, 3_000));
    world.executionStatus = 'ABORTED';
    expect(await drain()).toEqual({ status: 'running', deleted: '0', deletedTo: '0' });
    expect(deletes()).toEqual([]);
  });

  it('the fence: nothing goes while the session of another worker may still delete', async () => {
    await copied(upTo(1, 30));
    const other = await world.server.connect();
    await other.query(`select get_lock('runbook-drain ${OLD_TABLE}', 0)`);
    let sleeps = 0;
    world.onSleep = async () => {
      expect(deletes()).toEqual([]);
      sleeps += 1;
      if (sleeps === 3) await other.end();
    };
    expect(await drain({ hi: '30' })).toMatchObject({ status: 'done', deleted: '30' });
    expect(sleeps).toBeGreaterThanOrEqual(3);
  });

  it('rows that are not in the new table stay, and stop the removal', async () => {
    await copied(upTo(1, 3_000));
    await world.sql(`delete from ${NEW_TABLE} where id = 1500`);
    await expect(drain()).rejects.toMatchObject({
      name: 'RemovalError',
      message: expect.stringContaining('are not those of'),
    });
    expect((await world.ids(OLD_TABLE)).slice(-1_501)).toEqual(upTo(1_500, 3_000));
  });

  it('a row that is committed between the look and the statement is not deleted', async () => {
    await copied(upTo(1, 30).filter((id) => id !== 7));
    let late = 1;
    world.before = async (sql) => {
      if (/^delete/.test(sql) && late-- > 0) await world.rows([7]);
    };
    await expect(drain({ hi: '30' })).rejects.toMatchObject({ name: 'RemovalError' });
    expect(await world.ids(OLD_TABLE)).toEqual(upTo(1, 30));
  });

  it('as many other rows as were compared are not deleted', async () => {
    await copied(upTo(1, 30).filter((id) => id !== 7));
    let swaps = 1;
    world.before = async (sql) => {
      if (!/^delete|for update/.test(sql) || swaps-- < 1) return;
      await world.sql(`delete from ${OLD_TABLE} where id = 8`);
      await world.rows([7]);
    };
    await expect(drain({ hi: '30' })).rejects.toMatchObject({ name: 'RemovalError' });
    expect(deletes()).toEqual([]);
    expect(await world.ids(OLD_TABLE)).toContain(7);
  });

  it('a verification that is too old is done again before the first row goes, not after', async () => {
    await copied(upTo(1, 30));
    const verifiedAt = new Date(world.clock.now() - 86_400_001).toISOString();
    expect(await drain({ hi: '30', verifiedAt })).toMatchObject({ status: 'stale', deleted: '0' });
    expect(deletes()).toEqual([]);
    await world.memory.put(settingsKey('run-1'), { pause: true });
    expect(await drain({ hi: '30' })).toMatchObject({ status: 'running', deleted: '0' });
  });

  describe('a worker that died, and is redriven 13 days later', () => {
    /** Nothing more is sent from the first statement that removes, or from its answer, on. */
    const dies = async (when: 'before' | 'after', method: string) => {
      await copied(upTo(1, 30));
      const verifiedAt = new Date(world.clock.now()).toISOString();
      let dead = false;
      world[when] = (sql) => {
        dead ||= /^(delete|truncate)/.test(sql);
        if (dead) throw new Error('killed');
      };
      const payload = { hi: '30', method, verifiedAt };
      await expect(drain(payload)).rejects.toThrow('killed');
      world[when] = () => undefined;
      world.clock.pass(13 * 24 * 3_600_000);
      return drain({ ...payload, redriveCount: 1 }, 'second');
    };

    it.each(['drain', 'truncate'])(
      'has all rows compared again where none had gone: %s',
      async (method) => {
        expect(await dies('before', method)).toMatchObject({ status: 'stale', deleted: '0' });
        expect(deletes()).toHaveLength(1);
        expect(await world.ids(OLD_TABLE)).toEqual(upTo(1, 30));
        expect(await drain({ hi: '30', method }, 'third')).toMatchObject({ deleted: '30' });
        expect(await world.ids(OLD_TABLE)).toEqual([]);
      },
    );

    it('is through where the table was emptied already', async () => {
      expect(await dies('after', 'truncate')).toMatchObject({ status: 'done', deleted: '30' });
      expect(deletes()).toHaveLength(1);
    });

    it('goes on where rows have gone', async () => {
      await copied(upTo(1, 3_000));
      const verifiedAt = new Date(world.clock.now()).toISOString();
      world.before = (sql) => {
        if (/^delete/.test(sql) && deletes().length > 1) throw new Error('killed');
      };
      await expect(drain({ verifiedAt })).rejects.toThrow('killed');
      world.before = () => undefined;
      world.clock.pass(13 * 24 * 3_600_000);
      const redriven = drain({ verifiedAt, redriveCount: 1 }, 'second');
      expect(await redriven).toMatchObject({ status: 'done', deleted: '3000' });
    });
  });

  it('refuses rows that this run has not compared', async () => {
    await copied(upTo(1, 30));
    await world.sql("update csmh.upgrade_runbooks_copy set done = 0 where phase = 'verify'");
    await expect(drain({ hi: '30' })).rejects.toMatchObject({
      name: 'RemovalError',
      message: expect.stringContaining('has not compared every id from 1 to 30'),
    });
    expect(await world.ids(OLD_TABLE)).toHaveLength(30);
  });

  it.each([
    [
      'another name',
      { confirm: 'edxapp.auth_user' },
      'allowed is edxapp.courseware_studentmodulehistory',
    ],
    ['live ids', { hi: '900000' }, 'reach live ones'],
    ['no time', { verifiedAt: 'yesterday' }, 'no time'],
  ])('refuses %s', async (_, more, said) => {
    await copied(upTo(1, 30));
    await expect(drain(more)).rejects.toMatchObject({
      name: 'RemovalRefusedError',
      message: expect.stringContaining(said),
    });
    expect(deletes()).toEqual([]);
  });

  it('a row that has come since among those that went is no success', async () => {
    await copied(upTo(1, 30));
    let late = 1;
    world.before = async (sql) => {
      if (/^select/.test(sql) && deletes().length > 0 && late-- > 0) await world.rows([7]);
    };
    for (const call of ['first', 'second']) {
      await expect(drain({ hi: '30' }, call)).rejects.toMatchObject({
        name: 'RemovalError',
        message: expect.stringMatching(/^row 7 of edxapp.* has come since/),
      });
    }
    const key = runKey('run-1', 'check#-#old rows that were copied are gone');
    expect(await world.memory.get(key)).toMatchObject({ ok: false });
    await world.sql(`delete from ${OLD_TABLE}`);
    expect(await drain({ hi: '30' }, 'third')).toMatchObject({ status: 'done', deleted: '30' });
  });

  it('rests while the operator has paused it, and counts why', async () => {
    await copied(upTo(1, 30));
    await world.memory.put(settingsKey('run-1'), { pause: true });
    let sleeps = 0;
    world.onSleep = async () => {
      expect(deletes()).toEqual([]);
      sleeps += 1;
      if (sleeps === 4) await world.memory.put(settingsKey('run-1'), { pause: false });
    };
    expect(await drain({ hi: '30' })).toMatchObject({ status: 'done' });
    const { text } = (await world.memory.get<{ text: string }>(
      runKey('run-1', 'note#history#removed'),
    ))!;
    expect(text).toContain('30 rows');
  });

  it('rests after a slow commit, and goes on to see whether the next one is slow', async () => {
    await copied(upTo(1, 3000));
    const connect = async (who: MySqlRef) => {
      const connection = (await world.deps.connect(who)) as Connection;
      const commit = connection.commit.bind(connection);
      const slow = () => {
        world.clock.pass(200);
        return commit();
      };
      return Object.assign(connection, { commit: slow }) as never;
    };
    const settings = { ...SETTINGS, maxCommitMs: 100 };
    expect(await drain({ settings }, 'first', { connect })).toMatchObject({ status: 'done' });
    const key = runKey('run-1', 'note#history#removed');
    const { text } = (await world.memory.get<{ text: string }>(key))!;
    expect(text).toMatch(/3000 rows .*; rested: commit 15 s/);
  });

  it('B8 rests while a replica of the old table is behind, which it asks with the login of the old table', async () => {
    await copied(upTo(1, 30));
    let lag = 60;
    const asked: unknown[] = [];
    const connectReplica = async (as: MySqlRef, at: unknown) => {
      asked.push([as.user, at]);
      const connection = (await world.deps.connect(as)) as Connection;
      const query = connection.query.bind(connection) as (options: unknown) => Promise<unknown>;
      const told = async (options: { sql: string }) =>
        options.sql.includes('show replica status')
          ? [[{ Seconds_Behind_Source: lag }], []]
          : query(options);
      return Object.assign(connection, { query: told }) as never;
    };
    world.onSleep = async () => {
      expect(deletes()).toEqual([]);
      lag = 0;
    };
    const at = { host: 'edxapp-reader', port: 3306 };
    const payload = { hi: '30', replicas: [at] };
    expect(await drain(payload, 'first', { connectReplica })).toMatchObject({ deleted: '30' });
    expect([asked, lag]).toEqual([[['lms', at]], 0]);
  });

  describe('at once', () => {
    const empty = (more: object = {}, requestId = 'first') =>
      drain({ method: 'truncate', hi: '30', ...more }, requestId);

    it('empties a table with no other row', async () => {
      await copied(upTo(1, 30));
      expect(await empty()).toEqual({ status: 'done', deleted: '30', deletedTo: '30' });
      expect(await world.ids(OLD_TABLE)).toEqual([]);
      expect(deletes()).toEqual([expect.stringMatching(/^truncate/)]);
    });

    it('refuses a table with a row above, also one that came after the look', async () => {
      await copied(upTo(1, 30));
      world.before = async (sql) => {
        world.before = /^lock/.test(sql) ? () => undefined : world.before;
        if (/^lock/.test(sql)) await world.rows([31]);
      };
      await expect(empty()).rejects.toMatchObject({
        name: 'RemovalError',
        message: expect.stringContaining('ids from 1 to 31'),
      });
      expect(await world.ids(OLD_TABLE)).toEqual(upTo(1, 31));
      await expect(read({ method: 'truncate' })).rejects.toThrow(
        'up to 31, which nobody has copied',
      );
    });

    it.each(['before', 'after'] as const)(
      'a connection that breaks %s the statement is settled by looking',
      async (when) => {
        await copied(upTo(1, 30));
        let breaks = 1;
        world[when] = (sql) => void (/^truncate/.test(sql) && breaks-- > 0 && lost());
        expect(await empty()).toEqual({ status: 'done', deleted: '30', deletedTo: '30' });
        expect(deletes()).toHaveLength(when === 'before' ? 2 : 1);
      },
    );

    it('rows that came after a statement whose answer was lost are not removed', async () => {
      await copied(upTo(1, 30));
      world.after = (sql) => void (/^truncate/.test(sql) && lost());
      world.onSleep = async () => {
        world.after = () => undefined;
        await world.rows([1]);
      };
      await expect(empty()).rejects.toMatchObject({
        name: 'RemovalError',
        message: expect.stringContaining('they have come since it was emptied'),
      });
      expect(await world.ids(OLD_TABLE)).toEqual([1]);
    });
  });

  describe('what a removal reads first', () => {
    it('says what is left of an earlier removal', async () => {
      await copied(upTo(1, 30));
      await world.sql(`delete from ${OLD_TABLE} where id <= 12`);
      expect(await read()).toMatchObject({ ranges: [{ lo: '13', hi: '30' }] });
      await world.sql(`delete from ${OLD_TABLE}`);
      expect(await read()).toMatchObject({ lo: '1', hi: '30', ranges: [] });
    });

    it('refuses all that is wrong with its input at once', async () => {
      await world.open('run-0');
      await expect(read({ confirm: 'x' })).rejects.toMatchObject({
        name: 'RemovalRefusedError',
        message: expect.stringMatching(/\(1\) confirm is "x".*\(2\) run run-0 has not succeeded/),
      });
      await expect(read({ migrationOf: 'run-9' })).rejects.toThrow('knows no run run-9');
    });

    it('names rights that are missing', async () => {
      await copied(upTo(1, 30));
      await world.sql('revoke delete, drop on edxapp.* from lms');
      const said = await read().catch((error) => error);
      const also = await read({ method: 'truncate' }).catch((error) => error);
      await world.sql('grant delete, drop on edxapp.* to lms');
      expect(said.findings).toEqual([expect.stringContaining('lms@% lacks DELETE')]);
      expect(also.findings).toEqual([expect.stringContaining('lms@% lacks DROP')]);
    });
  });
});

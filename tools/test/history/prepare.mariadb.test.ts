// The new database and its rights, on a real MariaDB.

import { prepareHistory } from '../../../lambdas/prepare-history/core';
import { PreflightError } from '../../../lambdas/shared/errors';
import { databaseOf } from '../../../lambdas/shared/history/rights';
import { HistoryWorld, lost, NEW, upTo } from './world';

describe('preparing the new database', () => {
  let world: HistoryWorld;
  beforeAll(async () => {
    world = await HistoryWorld.start();
  });
  beforeEach(async () => {
    await world.fresh({ migrated: false });
    await world.sql('revoke all, grant option from edxapp001, migrate, copier');
  });
  afterAll(() => world.stop());

  const prepare = (more: object = {}) =>
    prepareHistory(
      {
        ...world.both,
        admin: world.admins,
        runtimeUser: 'edxapp001',
        migrateUser: 'migrate',
        characterSet: 'utf8mb4',
        collation: 'utf8mb4_unicode_ci',
        ...more,
      },
      world.deps,
    );
  const grants = async (user: string) =>
    (await world.sql(`show grants for ${user}@'%'`))
      .map((row) => String(Object.values(row)[0]))
      .filter((line) => line.includes('csmh'));
  const whole = async () => ({
    database: (
      await world.sql(
        "select default_collation_name as c from information_schema.schemata where schema_name = 'csmh'",
      )
    )[0]?.c,
    grants: await Promise.all(['edxapp001', 'migrate', 'copier'].map(grants)),
  });
  const WHOLE = {
    database: 'utf8mb4_unicode_ci',
    grants: [
      ['GRANT SELECT, INSERT, UPDATE, DELETE ON `csmh`.* TO `edxapp001`@`%`'],
      [
        'GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, INDEX, ALTER ON `csmh`.* TO `migrate`@`%`',
      ],
      ['GRANT SELECT, INSERT, UPDATE, CREATE, ALTER ON `csmh`.* TO `copier`@`%`'],
    ],
  };

  it('makes the database and gives each user what it needs and no more; again changes nothing', async () => {
    expect(await prepare()).toMatchObject({ migrated: false, sql: [] });
    expect(await whole()).toEqual(WHOLE);
    world.sent.length = 0;
    await prepare();
    expect(world.sent.filter((sql) => /^(create|grant)/.test(sql))).toEqual([]);
  });

  it.each(['before', 'after'] as const)(
    'a connection that breaks %s any of its statements is settled by looking',
    async (when) => {
      for (const nth of upTo(1, 4)) {
        let seen = 0;
        world[when] = (sql) => {
          seen += Number(/^(create|grant)/.test(sql));
          if (seen === nth && /^(create|grant)/.test(sql)) lost();
        };
        await prepare().catch((error) => expect(error).toMatchObject({ name: 'TryAgainError' }));
        world[when] = () => undefined;
        await prepare();
        expect(await whole()).toEqual(WHOLE);
        await world.sql('drop database csmh');
        await world.sql('revoke all, grant option from edxapp001, migrate, copier');
      }
    },
  );

  it('a database that is there stays as it is', async () => {
    await world.sql('create database csmh character set latin1 collate latin1_swedish_ci');
    await prepare();
    expect(await whole()).toEqual({ ...WHOLE, database: 'latin1_swedish_ci' });
  });

  it('without an administrator a person is given every statement, and nothing is changed', async () => {
    const { sql, question, commands } = await prepare({ admin: null });
    expect(sql).toEqual([
      "create database if not exists `csmh` character set 'utf8mb4' collate 'utf8mb4_unicode_ci'",
      "grant select, insert, update, delete on `csmh`.* to 'edxapp001'@'%'",
      "grant select, insert, update, delete, alter, create, drop, index on `csmh`.* to 'migrate'@'%'",
      "grant select, insert, update, alter, create on `csmh`.* to 'copier'@'%'",
    ]);
    for (const one of [...sql, ...commands]) expect(question).toContain(one);
    expect((await whole()).database).toBeUndefined();
    await world.sql(sql.join('; '));
    expect(await whole()).toEqual(WHOLE);
  });

  it('prints four commands: Studio and LMS, each for both databases', async () => {
    const { commands } = await prepare();
    const said = commands.map((one) =>
      /manage\.py (\w+) migrate --database=(\w+)/.exec(one)?.slice(1),
    );
    expect(said).toEqual([
      ['cms', 'default'],
      ['cms', 'student_module_history'],
      ['lms', 'default'],
      ['lms', 'student_module_history'],
    ]);
  });

  it('a right is on one database, and not on all whose names are like it', async () => {
    const target = { ...world.both.target, database: 'csmh_new' };
    const { sql } = await prepare({ target, admin: null });
    expect(sql.slice(1).every((one) => one.includes(' on `csmh\\_new`.* to '))).toBe(true);
    await prepare({ target });
    const given = await grants('copier');
    expect(given).toEqual([expect.stringContaining(' ON `csmh\\_new`.* TO ')]);
    world.sent.length = 0;
    await prepare({ target });
    expect(world.sent.filter((one) => /^(create|grant)/.test(one))).toEqual([]);
    await world.sql('drop database csmh_new');
    const named = databaseOf('csmh_new', { partialRevokes: true });
    expect(named).toEqual({ kind: 'database-pattern', value: 'csmh_new' });
  });

  it('a table that its migrations have made needs no gate', async () => {
    await prepare();
    await world.sql(NEW);
    expect(await prepare()).toMatchObject({ migrated: true });
    await world.sql(
      'alter table csmh.coursewarehistoryextended_studentmodulehistoryextended drop column grade',
    );
    expect(await prepare()).toMatchObject({ migrated: false });
  });

  it('users that are not there are said at once', async () => {
    const said = prepare({ runtimeUser: 'nobody', migrateUser: 'no-one' });
    await expect(said).rejects.toBeInstanceOf(PreflightError);
    await expect(said).rejects.toMatchObject({
      findings: [
        expect.stringContaining('no user nobody@%'),
        expect.stringContaining('no user no-one@%'),
      ],
    });
  });

  it('a right that the server did not keep is found out', async () => {
    world.after = (sql) =>
      /^grant select, insert, update, delete on/.test(sql) &&
      world.sql('revoke delete on csmh.* from edxapp001');
    await expect(prepare()).rejects.toMatchObject({
      findings: ['edxapp001@% still lacks DELETE after they were granted'],
    });
  });
});

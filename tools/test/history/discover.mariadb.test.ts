// What a migration relies on, looked at on a real MariaDB. MySQL's own figures, such as those of an Aurora
// cluster, are not here: MariaDB stands in for it.

import { discoverHistory } from '../../../lambdas/discover-history/core';
import {
  MySqlCredentialsError,
  MySqlUnreachableError,
  NetworkPathError,
} from '../../../lambdas/shared/errors';
import { leaseKey, runKey } from '../../../lambdas/shared/ledger';
import { bodyOf } from '../../../lambdas/shared/sql';
import { sqlText } from '../../../lambdas/shared/sql-files';
import { COPY_DEFAULTS as SETTINGS } from '../../../test/support/copy-settings';
import { HistoryWorld, NEW_TABLE, OLD_TABLE, upTo } from './world';

describe('a look at both tables', () => {
  let world: HistoryWorld;
  beforeAll(async () => {
    world = await HistoryWorld.start();
  });
  beforeEach(() => world.fresh());
  afterAll(() => world.stop());

  const look = (more: object = {}, deps: object = {}) =>
    discoverHistory(
      {
        ...world.both,
        admin: null,
        runtimeUser: 'edxapp001',
        migrateUser: 'migrate',
        replicas: [],
        dbInstanceIdentifier: null,
        settings: SETTINGS,
        workers: 1,
        ...more,
      },
      {
        ...world.deps,
        connectReplica: () => Promise.reject(new Error('no replica was configured')),
        freeGiB: async () => undefined,
        ...deps,
      },
    );
  const findings = async (more: object = {}, deps: object = {}): Promise<readonly string[]> => {
    const error = await look(more, deps).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: 'PreflightError' });
    return error.findings;
  };
  const noted = async (name: string) =>
    (await world.memory.get<{ text: string }>(runKey('run-1', `note#history#${name}`)))?.text;

  it('B16: tells ids and days left before 2^31, rates, sizes and hours, and changes nothing', async () => {
    await world.rows([1_000_000_000, 1_000_000_001], OLD_TABLE, 100);
    await world.rows(
      upTo(2_147_459_647, 2_147_483_646).filter((id) => id % 10 === 6),
      OLD_TABLE,
      1,
    );
    const found = await look();
    expect(found).toMatchObject({
      inUse: true,
      sameServer: false,
      migrated: true,
      characterSet: 'utf8mb4',
      minId: '1000000000',
      maxId: '2147483646',
      idsLeft: '1',
      daysLeft: 0,
      rowsPerHour: 100,
    });
    expect(await noted('ids')).toContain('is int(11): 1 ids are left, 0 days at the rate');
    expect(await noted('rows')).toMatch(/about [\d.]+ hours with 1 worker/);
    expect(world.sent.filter((sql) => sql.startsWith('explain'))).toHaveLength(1);
    expect(world.sent.filter((sql) => !/^(select|show|explain|set session)/.test(sql))).toEqual([]);
  });

  it('rows are copied within one server only when the user of the target may read the old table', async () => {
    await world.rows([1]);
    expect(await look()).toMatchObject({ sameServer: false });
    expect(await noted('servers')).toMatch(
      /: one server; the user of the target may not read edxapp.* rows travel through the task/,
    );
    await world.sql(`grant select on ${OLD_TABLE} to copier`);
    expect(await look()).toMatchObject({ sameServer: true });
    expect(await noted('servers')).not.toContain('travel');
    await world.sql(`revoke select on ${OLD_TABLE} from copier`);
  });

  it('ids of a bigint are counted exactly, beyond 2^53', async () => {
    await world.sql(`alter table ${OLD_TABLE} modify id bigint not null auto_increment`);
    await world.sql(`alter table ${OLD_TABLE} modify student_module_id int not null`);
    await world.rows([9_007_199_254_740_993n], OLD_TABLE, 100);
    expect(await look()).toMatchObject({ idsLeft: '9214364837600034814', daysLeft: null });
  });

  it('without a run, as in a dry run, nothing is kept', async () => {
    await world.rows([1]);
    expect(await look({ runId: 'run-dry' })).toMatchObject({ inUse: true });
    expect(await world.memory.get(runKey('run-dry', 'note#history#ids'))).toBeUndefined();
  });

  it('a dry run says who holds the table and who copies into it, and takes nothing', async () => {
    await world.rows([1]);
    const text = bodyOf(sqlText({ file: 'mysql-copy/mysql-create-checkpoints' }));
    await world.sql(text.replace('{{id:database}}', 'csmh'));
    const seen = (run: string, minutes: number) =>
      world.sql(`insert into csmh.upgrade_runbooks_copy values ('${run}', 'r', 'copy', 'arn-${run}', '${NEW_TABLE}',
        1, 9, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, '{}', 'x', 0, utc_timestamp(6) - interval ${minutes} minute)`);
    await seen('run-8', 16);
    expect(await look({ runId: 'run-dry' })).toMatchObject({ inUse: true });
    await seen('run-9', 1);
    const lease = `student-module-history.${NEW_TABLE}`;
    const item = { target: lease, runId: 'run-7', executionArn: 'arn-7', takenAt: 'Monday' };
    await world.memory.put(leaseKey(lease), item);
    expect(await findings({ runId: 'run-dry' })).toEqual([
      expect.stringContaining('run run-7 (arn-7) has held csmh.'),
      expect.stringMatching(/^run run-9 \(arn-run-9\) has copied into csmh.* \d+ s ago/),
    ]);
    expect(await world.memory.get(leaseKey(lease))).toMatchObject(item);
    expect(await look()).toMatchObject({ inUse: true });
  });

  it('an installation without the table has nothing to move', async () => {
    await world.sql(`drop table ${OLD_TABLE}`);
    expect(await look()).toMatchObject({ inUse: false });
    expect(await noted('use')).toContain('there is nothing to move');
  });

  it('a table that the user may not read is no table that is not there', async () => {
    expect(
      await findings({ source: { ...world.both.source, user: 'copier', host: 'copier' } }),
    ).toEqual([expect.stringContaining('SELECT command denied')]);
  });

  it('says everything that is wrong with the tables at once', async () => {
    await world.sql(`
      alter table ${OLD_TABLE} modify id int not null, drop primary key, add column course varchar(9),
        drop column grade, modify state longtext character set utf8mb4, modify created datetime(6) not null;
      alter table ${NEW_TABLE} modify id int not null, drop key student_module_idx,
        modify state text character set latin1, modify created datetime not null, modify max_grade double not null,
        modify student_module_id smallint not null;
      create trigger csmh.meddle before insert on ${NEW_TABLE} for each row set new.grade = 1;
      grant trigger on csmh.* to copier`);
    const found = await findings();
    await world.sql('revoke trigger on csmh.* from copier');
    const said = [
      `${OLD_TABLE} lacks column grade`,
      `${OLD_TABLE} has column course, which the copy would leave behind; allowed are id, version`,
      `${OLD_TABLE} has no primary key; allowed is (id)`,
      `${NEW_TABLE}.id is int(11); allowed is bigint`,
      `${NEW_TABLE}.id is not AUTO_INCREMENT`,
      `${NEW_TABLE} has no index that begins with student_module_id`,
      `${NEW_TABLE} has trigger meddle`,
      `${NEW_TABLE}.created is datetime, that of ${OLD_TABLE} datetime(6)`,
      `${NEW_TABLE}.state is text, that of ${OLD_TABLE} longtext`,
      `${NEW_TABLE}.state is of character set latin1, that of ${OLD_TABLE} of utf8mb4`,
      `${NEW_TABLE}.max_grade is not null, that of ${OLD_TABLE} may be null`,
      `${NEW_TABLE}.student_module_id is smallint(6), that of ${OLD_TABLE} int(11)`,
    ];
    expect(found.map((one, i) => one.slice(0, said[i]?.length))).toEqual(said);
  });

  it('O1, O2: ids that collide are found before anything is made', async () => {
    await world.rows(upTo(1, 9));
    await world.rows([3], NEW_TABLE);
    expect(await findings()).toEqual([expect.stringContaining('ids from 3 to 3')]);
  });

  it('a server that cannot be reached, a wrong login and a replica are said at once', async () => {
    const connect = async ({ user }: { user: string | null }) => {
      throw user === 'lms'
        ? new MySqlUnreachableError('MySQL at a cannot be reached')
        : new MySqlCredentialsError('MySQL at b does not let copier in');
    };
    const connectReplica = () => Promise.reject(new MySqlUnreachableError('MySQL at c is silent'));
    const replicas = [{ host: 'c', port: 3306 }];
    expect(await findings({ replicas }, { connect, connectReplica })).toEqual([
      'source: MySQL at a cannot be reached',
      'target: MySQL at b does not let copier in',
      'replica c:3306: MySQL at c is silent',
    ]);
  });

  it('too little storage, a read-only target and a short packet are findings', async () => {
    await world.sql(
      `insert into ${OLD_TABLE} (created, state, student_module_id) values (now(), repeat('x', 3000000), 1)`,
    );
    await world.sql('set global max_allowed_packet = 4194304; set global read_only = 1');
    const found = await findings({ dbInstanceIdentifier: 'db' }, { freeGiB: async () => 0.000_01 });
    await world.sql('set global max_allowed_packet = 16777216; set global read_only = 0');
    expect(found).toEqual([
      expect.stringContaining('is read only; allowed is the writer'),
      expect.stringMatching(/has 3000000 bytes of state, .*: set it to 8388608/),
      expect.stringContaining('GiB, which is 1.3 times the old table'),
    ]);
  });

  describe('a source that is a replica', () => {
    afterEach(() =>
      world.sql('set global read_only = 0; revoke slave monitor on *.* from lms; reset slave all'),
    );
    beforeEach(() => world.sql('grant slave monitor on *.* to lms'));

    it('is refused where it is read only', async () => {
      const other = await HistoryWorld.start();
      await other.fresh();
      await world.sql('set global read_only = 1');
      const connect = (who: { user: string | null }) =>
        (who.user === 'copier' ? other : world).deps.connect(who as never);
      expect(await findings({}, { connect })).toEqual([
        expect.stringMatching(/^lms is read only, .* allowed is the writer of the old table/),
      ]);
      await other.stop();
    });

    it('is refused where it follows another server, as far as the user may ask', async () => {
      await world.sql("change master to master_host = '127.0.0.1', master_user = 'nobody'");
      expect(await findings()).toEqual([
        expect.stringMatching(/^lms is a replica of another server, /),
      ]);
      await world.sql('revoke slave monitor on *.* from lms');
      expect(await look()).toMatchObject({ inUse: true });
      await world.sql('grant slave monitor on *.* to lms');
    });
  });

  it('CloudWatch that cannot be asked is one finding among others', async () => {
    await world.sql('set global read_only = 1');
    const freeGiB = () => Promise.reject(new NetworkPathError('CloudWatch does not answer'));
    const found = await findings({ dbInstanceIdentifier: 'db' }, { freeGiB });
    await world.sql('set global read_only = 0');
    expect(found).toEqual(['CloudWatch does not answer', expect.stringContaining('is read only')]);
  });

  it('rights that are missing are named, with whose they are', async () => {
    await world.sql('revoke alter, create on csmh.* from copier');
    const found = await findings();
    await world.sql('grant alter, create on csmh.* to copier');
    expect(found).toEqual(['copier@% lacks ALTER, CREATE on csmh.*: grant them']);
  });

  it('an administrator must be able to do what is asked, for users that are there', async () => {
    expect(await look({ admin: world.admins })).toMatchObject({ migrated: true });
    const admin = { ...world.admins, user: 'lms' };
    expect(await findings({ admin: world.admins, runtimeUser: 'nobody' })).toEqual([
      expect.stringContaining('there is no user nobody@%'),
    ]);
    await world.sql('grant select on mysql.* to lms');
    expect(await findings({ admin })).toEqual([
      expect.stringContaining('the administrator may not create csmh'),
    ]);
  });

  it('D13: no id comes from another site: an empty table is a table', async () => {
    expect(await look()).toMatchObject({ minId: null, maxId: null, idsLeft: '2147483647' });
  });

  it('two servers are told from one, whatever sessions are called', async () => {
    const other = await HistoryWorld.start();
    await other.fresh();
    await other.sql('grant select on edxapp.* to copier');
    await world.rows([1]);
    const connect = (who: { user: string | null }) =>
      (who.user === 'copier' ? other : world).deps.connect(who as never);
    expect(await look({}, { connect })).toMatchObject({ sameServer: false });
    await other.stop();
  });

  it('says nothing that a learner wrote', async () => {
    await world.sql(
      `insert into ${OLD_TABLE} (created, state, student_module_id) values (now(), 'secret answer', 1)`,
    );
    await world.sql(
      `insert into ${NEW_TABLE} (id, created, state, student_module_id) values (1, now(), 'secret answer', 1)`,
    );
    expect(JSON.stringify(await findings())).not.toContain('secret');
  });
});

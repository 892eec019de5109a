// The old table of scenario student-module-history holds what a copy has to get right.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RealClock } from '../../rehearsal/clock';
import { Faults } from '../../rehearsal/faults/faults';
import { Callers } from '../../rehearsal/iam/callers';
import { Iam } from '../../rehearsal/iam/iam';
import { MySqlCluster } from '../../rehearsal/mysql';
import { ObjectStore } from '../../rehearsal/services/s3';

const FOLDER = join(__dirname, '../../rehearsal/scenarios/student-module-history');
const OLD = 'edxapp.courseware_studentmodulehistory';
const NEW = 'edxapp_csmh.coursewarehistoryextended_studentmodulehistoryextended';

describe('scenario student-module-history on one server', () => {
  let server: MySqlCluster;
  beforeAll(async () => {
    const clock = new RealClock();
    const [iam, store] = [new Iam('000000000000'), new ObjectStore(clock)];
    server = await MySqlCluster.start({
      sql: ['source.sql', 'target.sql'].map((file) => readFileSync(join(FOLDER, file), 'utf8')),
      clock,
      faults: new Faults(),
      callers: new Callers(clock),
      uploads: { store, iam, account: '000000000000', clusterArn: '' },
    });
  });
  afterAll(() => server.stop());

  const count = async (where: string, table = OLD) =>
    Number((await server.query(`select count(*) as n from ${table} where ${where}`))[0]!.n);

  it.each([
    ['dense ids', 'id between 2460001 and 2461010', 1000],
    ['sparse ids', 'id between 2900000 and 900000000', 1000],
    ['ids far above', 'id > 1003000000', 1000],
    ['states of 1 MB', 'length(state) > 1048576', 3],
    ['states of 20 KB', 'length(state) between 20000 and 1000000', 50],
    ['states that are null', 'state is null', 200],
    ['empty states', "state is not null and state = ''", 50],
    ['blanks at the end', "binary state like '%   '", 100],
    ['Japanese', "state like '%微分%'", 500],
    ['backslashes', "instr(state, '\\\\') > 0", 50],
    ['versions that are a blank', "binary version = ' '", 50],
    ['instants with microseconds', 'microsecond(created) > 0', 2000],
    ['instants of the last day', 'created > now() - interval 1 day', 20],
    ['grades that are null', 'grade is null', 300],
    ['grades with all their digits', 'grade = 9007199254740992 or grade = 1e300', 300],
  ])('has %s', async (_, where, least) => {
    expect(await count(where)).toBeGreaterThanOrEqual(least);
  });

  it('the LMS writes to one table, and after its feature is on to the other', async () => {
    const all = await count('true');
    await server.query('create database edxapp_csmh character set utf8mb4');
    await server.query('call lms.migrate(); call lms.write_old(3); call lms.write_new(3)');
    expect([await count('true'), await count('true', NEW)]).toEqual([all + 3, 0]);
    await server.query('update lms.feature set is_on = 1');
    await server.query('call lms.migrate(); call lms.write_old(3); call lms.write_new(2)');
    expect([await count('true'), await count('true', NEW)]).toEqual([all + 3, 2]);
  });
});

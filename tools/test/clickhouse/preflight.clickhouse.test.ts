// The look at ClickHouse on a real engine, each of its checks failing once.

import { lookAtClickHouse } from '../../../lambdas/discover-aspects/clickhouse/look';
import { BACKUP_DISK, type ClickHouseServer } from '../../rehearsal/clickhouse';
import { ADMIN, depsAs, NEW, OLD, payloadOf, REPORT, scenarioSql, startAspects } from './world';

let server: ClickHouseServer;
beforeAll(async () => {
  server = await startAspects();
});
afterAll(() => server?.stop());

const look = (change: object = {}, user = ADMIN as { name: string; password: string }) =>
  lookAtClickHouse({ ...payloadOf(server), installed: OLD, target: NEW, ...change }, depsAs(user));

it('finds nothing wrong with Aspects 1.3, and says what is there', async () => {
  const seen = await look();
  expect(seen.findings).toEqual([]);
  expect(seen.serverVersion).toMatch(/^\d+\.\d+\./);
  expect(seen.events).toBe(5052);
  expect(seen.freeBytes).toBeGreaterThan(seen.neededBytes);
  expect(seen.neededBytes).toBeGreaterThan(0);
  expect(Date.parse(seen.lastEmission!)).toBeGreaterThan(Date.now() - 60 * 86_400_000);
});

describe('fact 6: tables without a TTL have history that the new ones will not have', () => {
  it('says how many rows would be lost with the old tables', async () => {
    const seen = await look();
    expect(seen.notes.join()).toMatch(
      /in old tables only.*reporting\.fact_enrollment_status 9\d.*xapi\.section_page_engagement/,
    );
  });
});

describe('T20: state and revision are read with FINAL', () => {
  it('sees the latest of two rows that are not merged', async () => {
    await server.script('system stop merges;');
    const stale = await server.query('select count() as n from xapi.alembic_version');
    await server.script(
      `${scenarioSql('alembic/0041.sql')}\n${scenarioSql('manifest/v5.0.0.sql')}`,
    );
    expect(await server.query('select count() as n from xapi.alembic_version')).not.toEqual(stale);
    const seen = await look({ installed: NEW });
    expect(seen.findings).toEqual([]);
    await server.script(
      `${scenarioSql('alembic/0040.sql')}\n${scenarioSql('manifest/v3.33.9.sql')}\nsystem start merges;`,
    );
  });
});

it('finds a revision and a state that are not those of the plugin, both at once', async () => {
  const { findings } = await look({ installed: NEW });
  expect(findings).toHaveLength(2);
  expect(findings.join()).toMatch(/Alembic is 0040.*0041.*models of 1\.x.*v5\.0\.0/s);
});

it('finds relations left over, and those of others that read what goes away', async () => {
  await server
    .script(`
    create table reporting.fact_enrollments__dbt_backup (k Int8) engine = Memory;
    create view reporting.my_grades as select * from \`reporting\`.fact_learner_course_grade;
    create view reporting.other as select 1 as fact_grades_x from xapi.section_page_engagement_x_missing;
  `)
    .catch(() => {});
  const { notes, findings } = await look();
  expect(findings).toEqual([
    expect.stringMatching(/broke off \(.*by hand\): reporting\.fact_enrollments__dbt_backup$/),
  ]);
  expect(notes.join('\n')).toContain('reporting.my_grades (reporting.fact_learner_course_grade)');
  expect(notes.join('\n')).not.toContain('reporting.fact_student_status (');
  await server.script(
    'drop table reporting.fact_enrollments__dbt_backup;\ndrop view reporting.my_grades;',
  );
});

it('finds a model that has lost its materialized view', async () => {
  await server.script('drop view xapi.navigation_events_mv;');
  const { notes } = await look();
  expect(notes.join('\n')).toMatch(/materialized view is missing.*: xapi\.navigation_events$/m);
});

it('refuses a disk that is too small, and tables that could not be dropped', async () => {
  const small = await startAspects([], { maxTableSizeToDrop: 100, freeBytes: 1000 });
  try {
    const { findings, notes } = await lookAtClickHouse(
      { ...payloadOf(small), installed: OLD, target: NEW },
      depsAs(ADMIN),
    );
    expect(findings.join('\n')).toMatch(/0\.00 GiB free; allowed is at least/);
    expect(findings.join('\n')).toMatch(/xapi\.enrollment_events has \d+ bytes.*359/);
    expect(findings.join('\n')).toMatch(/xapi\.section_page_engagement has \d+ bytes/);
    // Only the way back drops it.
    expect(findings.join('\n')).not.toContain('xapi.xapi_events_all has');
    expect(notes.join('\n')).toMatch(/way back would have to drop it: xapi\.xapi_events_all has/);
  } finally {
    await small.stop();
  }
});

it('finds a disk for backups that the server does not have', async () => {
  const { findings } = await look({ place: { disk: 'nowhere' } });
  expect(findings).toEqual([expect.stringMatching(/no disk nowhere, .*clickhouse\.backupTo/)]);
  expect((await look({ place: { disk: BACKUP_DISK } })).findings).toEqual([]);
  expect((await look({ place: { endpoint: 'https://b.s3/x/' } })).findings).toEqual([]);
});

it('is a matter for a person when the user may not look', async () => {
  await expect(look({}, REPORT)).rejects.toMatchObject({ name: 'ClickHouseStatementError' });
  await expect(look({}, { name: 'ch_admin', password: 'wrong' })).rejects.toMatchObject({
    name: 'ClickHouseCredentialsError',
    message: expect.not.stringContaining('wrong'),
  });
});

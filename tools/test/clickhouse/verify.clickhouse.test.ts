// Verification on a real engine: what init left behind decides, not what it said.

import { verifyAspects } from '../../../lambdas/verify-aspects/core';
import type { ClickHouseServer } from '../../rehearsal/clickhouse';
import { initOf, NEW, openLedger, payloadOf, scenarioSql, startAspects, workDeps } from './world';

let server: ClickHouseServer;
beforeAll(async () => {
  server = await startAspects();
});
afterAll(() => server?.stop());

const verify = async (change: object = {}) =>
  verifyAspects(
    { ...payloadOf(server), aspects: '2.4.0', target: NEW, ...change },
    workDeps(await openLedger(server)),
  );
const problem = async (change: object = {}) =>
  await verify(change).then(
    () => 'nothing',
    (error: Error) => `${error.name}: ${error.message}`,
  );

it('fact 8: finds that nothing was built where every job was killed and init said it is done', async () => {
  expect(await problem()).toMatch(
    /^AspectsNotBuiltError: .*Alembic is at 0040; expected is 0041.*models of 1\.x.*no column enrollment_status.*no column approving_state/,
  );
});

it('what is missing is built again after a redrive, or where an execution goes on with the run', async () => {
  const deps = workDeps(await openLedger(server));
  const look = (change: object) =>
    verifyAspects(
      { ...payloadOf(server), aspects: '2.4.0', target: NEW, redrivesAtEnd: 0, ...change },
      deps,
    ).then(
      ({ ok }) => `built again: ${!ok}`,
      ({ name }: Error) => name,
    );
  const at = (selfArn: string, redriveCount: number, rebuilt = false) =>
    look({ selfArn, redriveCount, rebuilt, redrivesAtEnd: rebuilt ? redriveCount : 0 });
  expect(await at('one', 0)).toBe('AspectsNotBuiltError');
  expect(await at('one', 0)).toBe('AspectsNotBuiltError');
  expect(await at('one', 1)).toBe('built again: true');
  expect(await at('one', 1, true)).toBe('AspectsNotBuiltError');
  // An answer may be lost: asked again, it is the same.
  expect(await at('two', 0)).toBe('built again: true');
  expect(await at('two', 0)).toBe('built again: true');
  expect(await at('two', 0, true)).toBe('AspectsNotBuiltError');
  // Definitions of earlier releases.
  expect(await look({ selfArn: 'three' })).toBe('AspectsNotBuiltError');
  expect(await look({ selfArn: 'three', redrivesAtEnd: undefined })).toBe('AspectsNotBuiltError');
});

it("fact 4: a new state without models is not an upgrade: 'Nothing to do' built nothing", async () => {
  await server.script(`${scenarioSql('alembic/0041.sql')}\n${scenarioSql('manifest/v5.0.0.sql')}`);
  const said = await problem();
  expect(said).toContain('reporting.dim_most_recent_enrollment is missing (a materialized_view)');
  expect(said).toContain('event_sink.dim_course_names is missing (a dictionary)');
  expect(said).not.toContain('Alembic is at');
});

it('is content with what init of 2.4.0 makes, and notes it', async () => {
  for (const file of initOf('v5.0.0')) await server.script(scenarioSql(file));
  const ledger = await openLedger(server);
  const payload = { ...payloadOf(server), aspects: '2.4.0', target: NEW };
  const seen = await verifyAspects(payload, workDeps(ledger));
  expect(seen).toMatchObject({ ok: true, relations: 36 });
  const { pk, sk } = { pk: `run#${payload.runId}`, sk: 'check#-#data model of Aspects 2.4.0' };
  expect(await ledger.get({ pk, sk })).toMatchObject({ ok: true, actual: '36 models built' });
});

it('finds a materialized view that is gone, one that writes elsewhere, and a left-over', async () => {
  await server.script(`
    drop view reporting.fact_video_segments_mv;
    drop view xapi.navigation_events_mv;
    create table xapi.elsewhere as xapi.navigation_events;
    create materialized view xapi.navigation_events_mv to xapi.elsewhere as select * from xapi.navigation_events;
    create table reporting.x__dbt_backup (k Int8) engine = Memory;
  `);
  const said = await problem();
  expect(said).toContain('reporting.fact_video_segments_mv is missing');
  expect(said).toContain('xapi.navigation_events_mv does not write to xapi.navigation_events');
  expect(said).toContain('reporting.x__dbt_backup is left over');
});

it('finds views and dictionaries that cannot be read', async () => {
  await server
    .script(`
    rename table reporting.fact_section_page_engagement to reporting.aside;
    rename table event_sink.course_overviews to event_sink.aside;
    system reload dictionaries;
  `)
    .catch(() => {});
  const said = await problem();
  expect(said).toMatch(/reporting\.fact_pageview_engagement cannot be read: .*code 60/);
});

describe('fact 5: a direct jump from 1.x to 2.5 breaks on columns that only 2.0 to 2.4 rebuild', () => {
  it('stops with an unknown column, and what is there is not 2.5', async () => {
    const other = await startAspects(['alembic/0041.sql']);
    try {
      await expect(other.script(scenarioSql('models/v6.1.0.sql'))).rejects.toMatchObject({
        message: expect.stringMatching(/enrollment_status/),
      });
      const said = await verifyAspects(
        {
          ...payloadOf(other),
          aspects: '2.5.0',
          target: { dbt: 'v6.1.0', alembic: '0041' },
        },
        workDeps(await openLedger(other)),
      ).catch((error: Error) => error.message);
      expect(said).toMatch(/needs a full refresh/);
    } finally {
      await other.stop();
    }
  });

  it('goes through 2.4.0', async () => {
    const other = await startAspects([...initOf('v5.0.0'), ...initOf('v6.1.0')]);
    try {
      const seen = await verifyAspects(
        {
          ...payloadOf(other),
          aspects: '2.5.0',
          target: { dbt: 'v6.1.0', alembic: '0041' },
        },
        workDeps(await openLedger(other)),
      );
      expect(seen.relations).toBe(37);
    } finally {
      await other.stop();
    }
  });
});

describe('1.0.x, which stores no state of dbt', () => {
  const OF_1_0 = { aspects: '1.0.3', target: { dbt: 'v3.29.0', alembic: '0040' } };

  it('is proven by its event tables and what feeds them', async () => {
    const other = await startAspects();
    try {
      await other.script(`
        create table xapi.completion_events as xapi.navigation_events;
        create materialized view xapi.completion_events_mv to xapi.completion_events as select * from xapi.navigation_events;
        truncate table event_sink.aspects_data;
      `);
      const asked = { ...payloadOf(other), ...OF_1_0 };
      const deps = workDeps(await openLedger(other));
      expect(await verifyAspects(asked, deps)).toMatchObject({ ok: true, manifest: null });
      await other.script('drop view xapi.completion_events_mv; drop table xapi.grading_events;');
      await expect(verifyAspects(asked, deps)).rejects.toThrow(
        /xapi\.grading_events is missing \(a model of 1\.0\).*xapi\.completion_events_mv is missing/,
      );
      const later = { ...asked, target: { dbt: 'v3.30.0', alembic: '0040' } };
      await expect(verifyAspects(later, deps)).rejects.toThrow(/dbt has stored no state/);
    } finally {
      await other.stop();
    }
  });
});

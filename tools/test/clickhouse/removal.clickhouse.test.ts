// Removal on a real engine: exactly what was approved, never what is raw or live, and after any break the rest.

import { dropDeprecated } from '../../../lambdas/drop-deprecated/core';
import { readDeprecated } from '../../../lambdas/read-deprecated/core';
import { prove } from '../../../lambdas/shared/aspects/proof';
import { approvedHash, gateKey } from '../../../lambdas/shared/gates';
import type { MemoryLedger } from '../../../test/support/memory-ledger';
import type { ClickHouseServer } from '../../rehearsal/clickhouse';
import { Faults } from '../../rehearsal/faults/faults';
import { initOf, openLedger, payloadOf, scenarioSql, startAspects, workDeps } from './world';

const DBT = 'v5.0.0';
let server: ClickHouseServer;
let ledger: MemoryLedger;
const faults = new Faults();
beforeAll(async () => {
  server = await startAspects(initOf(DBT), { faults });
});
afterAll(() => server?.stop());
beforeEach(async () => {
  ledger = await openLedger(server);
});

const payload = () => ({ ...payloadOf(server), dbt: DBT });
const list = () => readDeprecated(payload(), workDeps(ledger));
const approve = async (hash: string) => {
  await ledger.put(gateKey(payload().runId, 'removal'), {
    answer: 'approve',
    hash: approvedHash({ objects: hash }),
  });
};
const proven = async () => {
  for (const what of ['verified', 'reconciled'] as const) {
    await prove(workDeps(ledger), payload().runId, what, DBT);
  }
};
const drop = (hash: string) =>
  dropDeprecated({ ...payload(), hash, gate: 'removal' }, workDeps(ledger));
const exists = async (name: string) =>
  Number((await server.query(`exists ${name}`))[0]!.result) === 1;

it('asks with every object, what stays and why, and the history that goes', async () => {
  const { question, objects, status, exposedRows } = await list();
  expect(status).toBe('found');
  // 30 old names, 16 of them with a materialized view, four left over from before, one that 2.4 gave up.
  expect(objects).toBe(30 + 16 + 4 + 1);
  expect(question).toMatch(/^Drop 51 deprecated objects of ClickHouse for good\?/);
  expect(question).toContain('xapi.section_page_engagement_mv');
  expect(question).toContain('event_sink.course_enrollment (raw)');
  expect(question).toContain('event_sink.course_relationships (raw)');
  expect(question).toMatch(/Rows from before .* are in old tables only/);
  expect(exposedRows).toBeGreaterThan(500);
});

it('fact 6: names the tables that go without a comparison in this run, and asks anew when they are others', async () => {
  const uncompared = async () => {
    const { question, hash } = await list();
    return { names: /without a comparison,[^:]*: (.*?)\. [A-Z]/.exec(question)?.[1] ?? '', hash };
  };
  const none = await uncompared();
  expect(none.names).toContain('xapi.section_video_engagement');
  expect(none.names).toContain('reporting.fact_enrollment_status');
  const deps = workDeps(ledger);
  await prove(deps, payload().runId, 'reconciled', DBT, ['reporting.fact_enrollment_status']);
  const some = await uncompared();
  expect(some.names).toContain('xapi.section_video_engagement');
  expect(some.names).not.toContain('reporting.fact_enrollment_status');
  expect(some.hash).not.toBe(none.hash);
});

it('refuses before it is approved, and before it is verified and reconciled', async () => {
  const { hash } = await list();
  await expect(drop(hash)).rejects.toThrow(/gate removal has not approved/);
  await approve(hash);
  await expect(drop(hash)).rejects.toThrow(/not verified and not reconciled/);
  await expect(drop('0000')).rejects.toThrow(/there is no list 0000/);
  expect(await exists('reporting.fact_grades')).toBe(true);
});

it('refuses while something else reads what would go', async () => {
  await server.script('create view reporting.mine as select * from xapi.responses;');
  await expect(list()).rejects.toThrow(/reporting\.mine reads xapi\.responses/);
  await server.script('drop view reporting.mine;');
  const { hash } = await list();
  await approve(hash);
  await proven();
  await server.script('create view reporting.mine as select * from xapi.responses;');
  await expect(drop(hash)).rejects.toThrow(/reporting\.mine reads xapi\.responses/);
  await server.script('drop view reporting.mine;');
  expect(await exists('xapi.responses')).toBe(true);
});

it("refuses somebody's own relation under a name of the list", async () => {
  await server.script(`
    drop view reporting.fact_grades;
    create table reporting.fact_grades (k Int8) engine = MergeTree order by k;
  `);
  await expect(list()).rejects.toThrow(/reporting\.fact_grades is a table of engine MergeTree/);
  await server.script(`
    drop table reporting.fact_grades;
    create view reporting.fact_grades as select 1 as one;
  `);
});

it('refuses what was made anew since it was approved', async () => {
  const { hash } = await list();
  await approve(hash);
  await proven();
  await server.script('create or replace view reporting.int_problem_hints as select 2 as two;');
  await expect(drop(hash)).rejects.toThrow(/reporting\.int_problem_hints is another relation/);
});

describe("T14: upstream's macro would drop what is raw; the removal does not, whatever breaks on the way", () => {
  it('goes on after a lost answer and a refusal, and drops the list once', async () => {
    const { hash } = await list();
    await approve(hash);
    await proven();
    faults.arm({ kind: 'lost-answer', service: 'clickhouse', sql: 'drop view if exists', nth: 3 });
    await expect(drop(hash)).rejects.toMatchObject({ name: 'TryAgainError' });
    faults.arm({
      kind: 'error',
      service: 'clickhouse',
      sql: 'drop table if exists',
      nth: 2,
      error: '359',
    });
    await expect(drop(hash)).rejects.toThrow(/ClickHouse did not drop .*code 359/);
    expect(await drop(hash)).toEqual({ dropped: 51 });
    expect(await drop(hash)).toEqual({ dropped: 51 });
    for (const name of ['event_sink.course_enrollment', 'event_sink.course_relationships']) {
      expect(await exists(name)).toBe(true);
    }
    expect(await exists('reporting.dim_most_recent_enrollment')).toBe(true);
    expect(await exists('xapi.section_page_engagement')).toBe(false);
    expect(await list()).toMatchObject({ status: 'none', objects: 0 });
  });

  it('leaves raw events flowing into the new relations', async () => {
    await server.script(
      `insert into xapi.xapi_events_all select generateUUIDv4(), now64(6), '{"org": "edX", "course_key": "course-v1:edX+9+2024", "actor": "new", "verb": "registered", "mode": "audit"}';`,
    );
    expect(
      await server.query(
        "select count() as n from reporting.dim_most_recent_enrollment where actor_id = 'new'",
      ),
    ).toEqual([{ n: expect.anything() }]);
    const [{ n }] = (await server.query(
      "select toUInt8(count()) as n from reporting.dim_most_recent_enrollment where actor_id = 'new'",
    )) as [{ n: number }];
    expect(n).toBe(1);
  });

  it('fact 1, fact 2: the macro as it is drops both raw tables and, with models of 2.5, a live view that our list keeps', async () => {
    const other = await startAspects([...initOf(DBT), ...initOf('v6.1.0')]);
    try {
      const there = async (name: string) =>
        Number((await other.query(`exists ${name}`))[0]!.result) === 1;
      expect(await there('reporting.fact_problem_engagement')).toBe(true);
      const before = await readDeprecated(
        { ...payloadOf(other), dbt: 'v6.1.0' },
        workDeps(await openLedger(other)),
      );
      expect(before.question).toContain('reporting.fact_problem_engagement (live)');
      await other.script(scenarioSql('macro/v6.1.0.sql'));
      expect(await there('event_sink.course_enrollment')).toBe(false);
      expect(await there('reporting.fact_problem_engagement')).toBe(false);
    } finally {
      await other.stop();
    }
  });
});

// Reconciliation on a real engine: what it must bear, and what it must find.

import { reconcileAspects } from '../../../lambdas/reconcile-aspects/core';
import type { ReconcileAspectsResult } from '../../../lambdas/reconcile-aspects/payload';
import { comparedIn } from '../../../lambdas/shared/aspects/proof';
import type { ClickHouseServer } from '../../rehearsal/clickhouse';
import { initOf, openLedger, payloadOf, scenarioSql, startAspects, workDeps } from './world';

let server: ClickHouseServer;
beforeAll(async () => {
  server = await startAspects(initOf('v4.0.3'));
});
afterAll(() => server?.stop());

const reconcile = async (dbt = 'v4.0.3') => {
  const ledger = await openLedger(server);
  const answer = await reconcileAspects({ ...payloadOf(server), dbt }, workDeps(ledger)).catch(
    (error: Error) => error,
  );
  return { answer, ledger };
};
const said = async (dbt?: string) => ((await reconcile(dbt)).answer as Error).message;

describe('fact 6: fewer rows than before are normal where events expire', () => {
  it('agrees in all 22 pairs although half of the history is gone, and says so', async () => {
    const { answer, ledger } = await reconcile();
    expect(answer).toMatchObject({ ok: true, compared: 22 });
    const { warnings } = answer as ReconcileAspectsResult;
    expect(warnings.join('\n')).toMatch(
      /fact_enrollment_status and reporting\.dim_most_recent_enrollment: 0 of 10\d missing, 0 more; 9\d older/,
    );
    const checks: { name: string; ok: boolean }[] = [];
    for await (const one of ledger.list<{ name: string; ok: boolean }>(
      payloadOf(server).runId,
      'check#',
    )) {
      checks.push(one);
    }
    expect(checks).toHaveLength(22);
    expect(checks.every(({ ok }) => ok)).toBe(true);
    const compared = await comparedIn(ledger.ledger, payloadOf(server).runId);
    expect(compared).toHaveLength(22);
    expect(compared).toContain('xapi.responses');
  });
});

describe('T12: row 17 and names that are gone again are no errors', () => {
  it('compares 19 pairs for 2.4 and 13 for 2.5', async () => {
    for (const file of initOf('v5.0.0')) await server.script(scenarioSql(file));
    expect((await reconcile('v5.0.0')).answer).toMatchObject({ compared: 19 });
    expect((await reconcile('v6.1.0')).answer).toMatchObject({ compared: 13 });
  });
});

describe('T13: duplicates that are not merged are no rows, and expired ones are not missing', () => {
  it('agrees with every row of a new table there twice', async () => {
    await server.script(`
      system stop merges reporting.dim_most_recent_enrollment;
      insert into reporting.dim_most_recent_enrollment select * from reporting.dim_most_recent_enrollment;
    `);
    const [{ n, u }] = (await server.query(
      'select count() as n, uniqExact(course_key, actor_id) as u from reporting.dim_most_recent_enrollment',
    )) as [{ n: string; u: string }];
    expect(Number(n)).toBeGreaterThan(Number(u));
    expect((await reconcile()).answer).toMatchObject({ ok: true });
  });

  it('reads the view with parameters by its parameters', async () => {
    await expect(
      server.query('select count() from reporting.fact_watched_video_duration'),
    ).rejects.toMatchObject({ code: expect.any(Number) });
    expect((await reconcile('v4.0.3')).answer).toMatchObject({ ok: true });
  });
});

describe('T18: rows that arrived while a table was swapped are found', () => {
  it('stops at more than 2 % of what has not expired', async () => {
    await server.script(`
      system start merges reporting.dim_most_recent_enrollment;
      delete from reporting.dim_most_recent_enrollment where actor_id in ('actor-1', 'actor-2', 'actor-3', 'actor-4', 'actor-5');
    `);
    expect(await said()).toMatch(
      /do not agree: .*reporting\.fact_enrollment_status and reporting\.dim_most_recent_enrollment: \d+, 1\d missing, 0 more.*full-refresh/,
    );
    await server.script('truncate table reporting.dim_most_recent_enrollment;');
    await server.script(
      'insert into reporting.dim_most_recent_enrollment select emission_time, org, course_key, actor_id, enrollment_mode, enrollment_status from xapi.enrollment_events;',
    );
    expect((await reconcile()).answer).toMatchObject({ ok: true });
  });
});

it('class A: one key less is a difference', async () => {
  await server.script('delete from event_sink.dim_most_recent_tags where id = 3;');
  expect(await said()).toContain('8 keys, 1 missing, 0 more; expected is 9 keys, the same');
  await server.script('truncate table event_sink.dim_most_recent_tags;');
  await server.script(
    'insert into event_sink.dim_most_recent_tags select * from event_sink.most_recent_tags;',
  );
});

it('a model that nothing feeds after a full refresh is found', async () => {
  await server.script('drop view reporting.dim_learner_last_course_visit_mv;');
  expect(await said()).toMatch(/dim_learner_last_course_visit_mv is missing: .*gets no new rows/);
});

it('class B by sums, and by learners who enrolled inside of the TTL', async () => {
  await server.script(`
    delete from reporting.fact_instance_enrollments where course_key like '%+1+%';
    delete from reporting.fact_section_page_engagement where actor_id like 'actor-1%';
  `);
  const text = await said();
  expect(text).toMatch(/xapi\.fact_instance_enrollments and .*: \d+, 2\d missing/);
  expect(text).toMatch(/xapi\.section_page_engagement and .*: \d+, \d\d missing/);
});

it('class C: more is allowed, nothing at all is not', async () => {
  expect(await said()).not.toContain('fact_learner_course_status');
  await server.script('truncate table reporting.dim_learner_most_recent_course_state;');
  expect(await said()).toMatch(
    /fact_learner_course_status and reporting\.dim_learner_most_recent_course_state: 0 \(before 200\)/,
  );
});

it('class Q: a view that cannot be read is a difference; so is a new relation that is missing', async () => {
  await server.script(`
    drop table reporting.dim_learner_most_recent_course_grade settings check_table_dependencies = 0;
    drop table reporting.dim_learner_last_course_visit settings check_table_dependencies = 0;
  `);
  const text = await said();
  expect(text).toMatch(/fact_student_status and reporting\.dim_student_status: .*code 60/);
  expect(text).toContain('dim_learner_last_course_visit: the new one is missing');
});

// Slices on a real MariaDB behind the cluster's door, and an S3 that enforces the task's rights. Left out by
// name where there is no MariaDB.

import { isEnd, MySqlExports } from '../../../lambdas/extract-slices/server';
import { BUCKET, extractWorld, HIGH, keyOf, START } from './extract-world';

const IDS = { ca: [19, 20, 21, 22], pa: [7, 8, 9, 10] } as const;

describe('extract', () => {
  let aws: Awaited<ReturnType<typeof extractWorld>>;
  beforeAll(async () => {
    aws = await extractWorld();
  });
  afterAll(() => aws.stop());

  const expected = async (tenant: 'ca' | 'pa', more = 'and s.scale_score is not null') =>
    (
      await aws.cluster.query(
        `select concat_ws(',', s.id, s.exam_id, s.subject_score_id, e.student_id, e.asmt_id, e.school_year,
           cast(s.scale_score as char), s.performance_level, concat('"', e.completed_at, '"'), -1,
           concat('"', e.updated, '"'), e.update_import_id) as line
         from warehouse_${tenant}.exam e join warehouse_${tenant}.exam_score s on s.exam_id = e.id
         where e.type_id in (1, 3) and e.deleted = 0 and e.updated between '${START}' and '${HIGH}'
           and e.scale_score is not null and e.performance_level is not null
           and s.performance_level is not null and s.subject_score_id in (${IDS[tenant]}) ${more}
         order by s.id`,
      )
    ).map(({ line }) => String(line));

  it.each(['ca', 'pa'] as const)('writes exactly the rows of %s, each once', async (id) => {
    const run = await aws.opened();
    const work = aws.tenant(id, run.runId, IDS[id]);
    const result = await aws.finish(run, work);
    const lines = await expected(id);
    expect(lines.length).toBeGreaterThan(300);
    expect(result).toMatchObject({ status: 'done', rows: lines.length });
    expect(result.slices).toBeGreaterThan(10);
    const byId = (a: string, b: string) => Number.parseInt(a, 10) - Number.parseInt(b, 10);
    expect(aws.rows(result.manifest).sort(byId)).toEqual(lines);
    // Asked again, nothing changes.
    const before = aws.store.list(BUCKET).map(aws.text);
    expect(await aws.finish(run, work)).toEqual(result);
    expect(aws.store.list(BUCKET).map(aws.text)).toEqual(before);
  });

  it('W3 leaves out scores without a scale score, and says how many', async () => {
    const run = await aws.opened();
    const result = await aws.finish(run, aws.tenant('ca', run.runId, IDS.ca));
    const nulls = await expected('ca', 'and s.scale_score is null');
    // concat_ws leaves a null out, so the lines are there all the same.
    expect(nulls.length).toBeGreaterThan(3);
    expect(result.nullScores).toBe(nulls.length);
    expect(aws.rows(result.manifest).join('\n')).not.toContain('\\N');
  });

  it('W8 its manifest names exact keys, mandatory and with their lengths', async () => {
    const run = await aws.opened();
    const { manifest, rows } = await aws.finish(run, aws.tenant('pa', run.runId, IDS.pa));
    const { entries } = JSON.parse(aws.text(keyOf(manifest!)));
    expect(rows).toBeGreaterThan(0);
    for (const { url, mandatory, meta } of entries) {
      expect(url).toMatch(
        new RegExp(
          `^s3://${BUCKET}/pa/MigrateAdHoc/${run.runId}/PA/extract/slice-\\d{4}/a1/exam_alt_score.part_00000$`,
        ),
      );
      expect(mandatory).toBe(true);
      expect(meta.content_length).toBe(aws.text(keyOf(url)).length);
      expect(meta.content_length).toBeGreaterThan(0);
    }
  });

  it('one session at a time may export; who asks learns of it, and ends only its own', async () => {
    const run = await aws.opened();
    const work = aws.tenant('pa', run.runId, IDS.pa);
    const ours = new MySqlExports(() => aws.open(), run.runId, work);
    const theirs = new MySqlExports(
      () => aws.open('rdw_pa_ingest', 'rehearsal-rdw-pa'),
      run.runId,
      work,
    );
    const session = (await ours.enter())!;
    expect(await theirs.enter()).toBeUndefined();
    // Another tenant of the run, and the same of another run, have locks of their own.
    const another = new MySqlExports(() => aws.open(), run.runId, { ...work, id: 'CA' });
    const other = await another.enter();
    const next = await new MySqlExports(() => aws.open(), 'run-2', work).enter();
    expect([other, next]).not.toContain(undefined);
    expect(await ours.holder()).toEqual({ id: session.id, busy: false });
    expect(await theirs.kill(session.id, 'connection')).toBe(false);
    // As a number that after a failover is that of somebody else's session.
    expect(await ours.kill(other!.id, 'connection')).toBe(false);
    expect(await another.holder()).toEqual({ id: other!.id, busy: false });
    expect(await ours.kill(session.id, 'connection')).toBe(true);
    await aws.until(async () => (await ours.holder()) === undefined);
    expect(await ours.kill(session.id, 'query')).toBe(false);
    const window = { from: 0, before: 1 };
    const refused = session.countNullScores({ window, comment: [] }).catch(isEnd);
    expect(await refused).toBe('lost');
    expect(await theirs.enter()).toBeDefined();
    for (const one of [session, other!, next!]) one.close();
    ours.close();
    theirs.close();
  });
});

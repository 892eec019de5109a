// `runbooks aspects-check` by the nine rules of rewriting.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkText } from '../../cli/aspects-check/check';
import { aspectsCheck } from '../../cli/aspects-check/command';
import { fatesOf, modelsOf } from '../../cli/aspects-check/target';
import { main } from '../../cli/main';

const NAMES = { xapi: 'xapi', event_sink: 'event_sink', reporting: 'reporting' };
const look = (text: string, { file = 'a.sql', target = '2.4.0', names = NAMES } = {}) => {
  const dbt = modelsOf(target);
  return checkText(file, text, { dbt, fates: fatesOf(dbt), names });
};
const rewritten = (text: string, options = {}) => look(text, options).after;

describe('rule 1: databases by their literal names, as configured, and as settings in Jinja', () => {
  it.each([
    ['from xapi.responses', 'from reporting.dim_learner_response_attempt'],
    [
      'from {{ ASPECTS_XAPI_DATABASE }}.responses r',
      'from {{ DBT_PROFILE_TARGET_DATABASE }}.dim_learner_response_attempt r',
    ],
    [
      'from {{ASPECTS_EVENT_SINK_DATABASE}}.most_recent_tags',
      'from {{ASPECTS_EVENT_SINK_DATABASE}}.dim_most_recent_tags',
    ],
  ])('%s', (old, now) => expect(rewritten(old)).toBe(now));

  it('writes the configured name of the other database', () => {
    const names = { xapi: 'lrs', event_sink: 'sink', reporting: 'rep' };
    expect(rewritten('from lrs.responses join sink.most_recent_tags', { names })).toBe(
      'from rep.dim_learner_response_attempt join sink.dim_most_recent_tags',
    );
  });
});

describe('rule 2: qualified names only, bounded on both sides', () => {
  it.each([
    ['from `xapi`.`responses`', 'from `reporting`.`dim_learner_response_attempt`'],
    ['from "xapi" . "responses"', 'from "reporting"."dim_learner_response_attempt"'],
    ['select xapi.responses.org', 'select reporting.dim_learner_response_attempt.org'],
  ])('%s', (old, now) => expect(rewritten(old)).toBe(now));

  it.each([
    'from reporting.fact_section_page_engagement',
    'from reporting.fact_section_page_engagement_x',
    'from event_sink.dim_most_recent_tags',
    'from my_xapi.responses',
    'from other.xapi.responses_x',
    'from xapi.responses_by_day',
    'from xapi.xapi_events_all',
    'from reporting.fact_instance_enrollments',
  ])('leaves %s', (text) => expect(rewritten(text)).toBe(text));
});

describe('rule 3: names of dictionaries as strings', () => {
  it.each([
    [
      "dictGet('event_sink.course_names', 'course_name', k)",
      "dictGet('event_sink.dim_course_names', 'course_name', k)",
    ],
    [
      "dictGetOrDefault( 'event_sink.course_block_names', 'n', k, '')",
      "dictGetOrDefault( 'reporting.dim_course_block_names', 'n', k, '')",
    ],
    [
      "dictHas('{{ ASPECTS_EVENT_SINK_DATABASE }}.course_tags', k)",
      "dictHas('{{ DBT_PROFILE_TARGET_DATABASE }}.dim_most_recent_course_tags', k)",
    ],
    [
      "from dictionary('event_sink.course_names')",
      "from dictionary('event_sink.dim_course_names')",
    ],
  ])('%s', (old, now) => expect(rewritten(old)).toBe(now));

  it('tells of other texts, and leaves them', () => {
    const seen = look("select 'xapi.responses' as source");
    expect(seen.after).toBe(seen.before);
    expect(seen.reports).toEqual([
      expect.objectContaining({
        line: 1,
        name: 'xapi.responses',
        why: expect.stringMatching(/text/),
      }),
    ]);
  });
});

describe('rule 4: references of a dbt project', () => {
  it.each([
    ["{{ ref('responses') }}", "{{ ref('dim_learner_response_attempt') }}"],
    ['{{ ref("aspects", "most_recent_tags") }}', '{{ ref("aspects", "dim_most_recent_tags") }}'],
  ])('%s', (old, now) => expect(rewritten(old)).toBe(now));

  it.each([
    "{{ source('xapi', 'xapi_events_all') }}",
    "{{ ref('fact_instance_enrollments') }}",
    "{{ ref('my_responses') }}",
  ])('leaves %s', (text) => expect(rewritten(text)).toBe(text));
});

describe('rule 5: datasets of Superset change database and table together', () => {
  it('in YAML, with the SQL of virtual ones', () => {
    const text = [
      'table_name: fact_instance_enrollments',
      'schema: xapi',
      'sql: |-',
      '  select * from xapi.responses',
      '',
    ].join('\n');
    expect(rewritten(text, { file: 'd.yaml' })).toBe(
      [
        'table_name: fact_instance_enrollments',
        'schema: reporting',
        'sql: |-',
        '  select * from reporting.dim_learner_response_attempt',
        '',
      ].join('\n'),
    );
  });

  it('in JSON, whose SQL has escaped quotes and ends of lines', () => {
    const old = [
      { schema: 'reporting', table_name: 'fact_student_status', sql: null },
      {
        schema: 'public',
        table_name: 'responses',
        sql: 'select 1\nfrom\nxapi.responses, "xapi"."responses"',
      },
    ];
    const now = [
      { schema: 'reporting', table_name: 'dim_student_status', sql: null },
      {
        schema: 'public',
        table_name: 'responses',
        sql: 'select 1\nfrom\nreporting.dim_learner_response_attempt, "reporting"."dim_learner_response_attempt"',
      },
    ];
    expect(JSON.parse(rewritten(JSON.stringify(old), { file: 'd.json' }))).toEqual(now);
  });

  it('in a template whose Jinja is no YAML', () => {
    const text = 'schema: {{ ASPECTS_XAPI_DATABASE }}\ntable_name: responses\n';
    expect(rewritten(text, { file: 'd.yaml' })).toBe(
      'schema: {{ DBT_PROFILE_TARGET_DATABASE }}\ntable_name: dim_learner_response_attempt\n',
    );
  });
});

it('rule 6: unqualified words are never replaced', () => {
  const text = 'select responses, course_names from problem_events, most_recent_tags';
  expect(look(text)).toMatchObject({ after: text, reports: [], rewrites: [] });
});

describe('rule 7: a name without a replacement is told with the nearest model, and left', () => {
  it.each([
    ['reporting.dim_course_blocks_extended', '2.4.0', 'reporting.dim_course_blocks'],
    ['reporting.int_videos_per_subsection', '2.0.0', 'reporting.fact_video_engagement'],
    ['reporting.fact_videos_per_subsection', '2.0.0', 'reporting.fact_video_engagement'],
    ['xapi.section_video_engagement', '2.4.0', 'reporting.fact_video_segments'],
    ['xapi.responses', '2.5.0', 'reporting.dim_learner_last_response'],
    ['reporting.fact_section_page_engagement', '3.0.0', 'reporting.fact_pageview_engagement'],
    ['reporting.fact_video_plays', '2.4.0', 'reporting.fact_video_engagement'],
  ])('%s at %s', (name, target, nearest) => {
    const seen = look(`select 1\nfrom ${name}`, { target });
    expect(seen.after).toBe(seen.before);
    expect(seen.reports).toEqual([
      { file: 'a.sql', line: 2, name, why: expect.stringContaining(nearest) },
    ]);
  });

  it('depends on the target', () => {
    const text = 'from xapi.section_video_engagement';
    expect(rewritten(text, { target: '2.3.1' })).toBe(
      'from reporting.fact_section_video_engagement',
    );
    expect(look('from reporting.fact_problem_engagement', { target: '2.5.0' }).reports).toEqual([]);
    expect(
      look('from reporting.fact_problem_engagement', { target: '2.4.0' }).reports,
    ).toHaveLength(1);
  });
});

it('rule 8: tells what columns may break behind a right name', () => {
  const seen = look(
    'select * from event_sink.course_names\ninsert into xapi.responses select 1\ninsert into xapi.responses (org) values (1)',
  );
  expect(seen.risks.map(({ line, why }) => `${line} ${why}`)).toEqual([
    '1 columns differ: the new one also has tags_str',
    '1 select * takes whatever columns it has',
    '2 an insert without columns goes by their order',
  ]);
});

describe('rule 9: twice changes nothing, and nothing is written without being told to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aspects-check-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'models/a.sql');
  const old = 'select org\nfrom xapi.responses\nwhere 1\n';
  const options = {
    target: '2.4.0',
    xapi: 'xapi',
    eventSink: 'event_sink',
    reporting: 'reporting',
    write: false,
    json: false,
  };
  let out = '';
  const run = (change: Partial<typeof options> = {}) => {
    out = '';
    return aspectsCheck([folder], { ...options, ...change }, (text) => {
      out += text;
    });
  };
  beforeAll(() => {
    mkdirSync(join(folder, 'models'));
    mkdirSync(join(folder, 'dbt_packages'));
    writeFileSync(file, old);
    writeFileSync(join(folder, 'dbt_packages/b.sql'), 'from xapi.responses');
    writeFileSync(
      join(folder, 'packages.yml'),
      'packages:\n  - git: "https://github.com/openedx/aspects-dbt.git"\n    revision: v5.0.0\n',
    );
  });

  it('prints a diff and leaves the file', async () => {
    expect(await run()).toBe(1);
    expect(out).toContain(
      '@@ -1,4 +1,4 @@\n select org\n-from xapi.responses\n+from reporting.dim_learner_response_attempt\n where 1\n',
    );
    expect(readFileSync(file, 'utf8')).toBe(old);
  });

  it('writes with --write, and finds nothing the second time', async () => {
    expect(await run({ write: true, json: true })).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      models: 'v5.0.0',
      written: [file],
      rewrites: [{ line: 2, name: 'xapi.responses' }],
    });
    const now = readFileSync(file, 'utf8');
    expect(await run({ write: true })).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(now);
  });

  it('changes no text a second time, for any target', () => {
    for (const target of ['2.0.0', '2.3.1', '2.4.0', '2.5.0']) {
      const all = [...fatesOf(modelsOf(target)).keys()].map((name) => `from ${name}`).join('\n');
      const once = rewritten(all, { target });
      expect(rewritten(once, { target })).toBe(once);
    }
  });

  it('tells of a project that is pinned to other models', async () => {
    writeFileSync(
      join(folder, 'packages.yml'),
      'packages:\n  - git: "https://github.com/openedx/aspects-dbt.git"\n    revision: v3.33.9\n',
    );
    expect(await run()).toBe(1);
    expect(out).toMatch(
      /packages\.yml:3: aspects-dbt is pinned to v3\.33\.9; the target's models are v5\.0\.0/,
    );
  });

  it('exits 2 for bad usage', async () => {
    const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      expect(await main(['aspects-check', folder])).toBe(2);
      expect(await main(['aspects-check', folder, '--target', '1.3.0'])).toBe(2);
      expect(await main(['aspects-check', join(folder, 'nothing'), '--target', '2.4.0'])).toBe(2);
      expect(await main(['aspects-check', folder, '--target', '2.4.0', '--xapi', 'a b'])).toBe(2);
    } finally {
      said.mockRestore();
    }
  });
});

import {
  allowList,
  type DbtVersion,
  droppable,
  generationOf,
  generationOfDbt,
  goneAgain,
  isAtLeast,
  keptOf,
  LEFTOVERS,
  RAW,
  RAW_IN_MACRO,
  RENAME_TABLE,
  RENAMED,
  renamedTo,
  roleName,
} from '../../../lambdas/shared/aspects/relations';

/** What upstream's macro of a version drops; we never run it. */
const macroDrops = (dbt: DbtVersion) => [
  ...RENAMED,
  ...LEFTOVERS,
  ...RAW_IN_MACRO,
  ...goneAgain(dbt),
];
const VERSIONS = ['v4.0.0', 'v4.0.3', 'v5.0.0', 'v6.1.0', 'v7.0.0', 'v8.0.0'];
const NONE = new Set<string>();
const names = (list: readonly { database: 'xapi' | 'event_sink' | 'reporting'; name: string }[]) =>
  list.map(roleName);

describe('fact 3: the rename table has 30 rows, one of a table that never was', () => {
  it('has 30 rows, numbered in order, with different old names', () => {
    expect(RENAME_TABLE.map(({ row }) => row)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(new Set(RENAME_TABLE.map(({ old }) => roleName(old))).size).toBe(30);
  });

  it('has 22 real renames; 8 rows have no replacement, row 17 among them', () => {
    const without = RENAME_TABLE.filter((row) => row.new === null).map(({ row }) => row);
    expect(without).toEqual([4, 10, 11, 13, 14, 16, 17, 19]);
    expect(RENAME_TABLE[16]!.named).toEqual({
      database: 'reporting',
      name: 'fact_videos_per_subsection',
    });
  });

  it('knows which new names are gone again: 3 by 2.4, 9 by 2.5', () => {
    const gone = (dbt: string) =>
      RENAME_TABLE.filter((row) => row.new && !renamedTo(dbt).includes(row.new)).map(
        ({ row }) => row,
      );
    expect(gone('v4.0.3')).toEqual([]);
    expect(gone('v5.0.0')).toEqual([26, 29, 30]);
    expect(gone('v6.1.0')).toEqual([15, 23, 24, 25, 26, 27, 28, 29, 30]);
  });

  it('says how each replaced relation is reconciled', () => {
    for (const row of RENAME_TABLE.filter((one) => one.new !== null)) {
      expect(row.class).toMatch(/^[ABCQ]$/);
      expect(row.class === 'Q' ? [] : row.key).not.toBe(undefined);
    }
    const kept = RENAME_TABLE.filter(({ keepsHistory }) => keepsHistory).map(({ row }) => row);
    expect(kept).toEqual([5, 6, 7, 8, 24, 25, 26, 27, 28, 29]);
  });
});

describe("upstream's macro", () => {
  it.each([
    ['v4.0.0', 46],
    ['v4.0.3', 46],
    ['v5.0.0', 50],
    ['v6.1.0', 58],
    ['v7.0.0', 58],
    ['v8.0.0', 59],
  ])('%s names %i relations', (dbt, relations) => {
    expect(new Set(names(macroDrops(dbt))).size).toBe(relations);
  });
});

describe('fact 1: the macro drops a raw table that the LMS still writes to', () => {
  it.each(VERSIONS)('of %s does so, our list does not', (dbt) => {
    expect(names(macroDrops(dbt))).toContain('event_sink.course_enrollment');
    expect(names(allowList(dbt))).not.toContain('event_sink.course_enrollment');
    expect(names(allowList(dbt))).not.toContain('event_sink.course_relationships');
    expect(keptOf(dbt, NONE)).toContainEqual({
      database: 'event_sink',
      name: 'course_enrollment',
      why: 'raw',
    });
  });

  it.each(VERSIONS)('no raw table is in the list of %s', (dbt) => {
    for (const { database, name } of allowList(dbt)) expect(RAW[database]).not.toContain(name);
  });
});

describe('fact 2: from models v6.0.0 on the macro drops a live view', () => {
  it('keeps reporting.fact_problem_engagement there, and drops the leftover of 1.x before', () => {
    const name = 'reporting.fact_problem_engagement';
    expect(names(allowList('v5.0.0'))).toContain(name);
    for (const dbt of ['v6.0.0', 'v6.1.0', 'v7.0.0', 'v8.0.0']) {
      expect(names(macroDrops(dbt))).toContain(name);
      expect(names(allowList(dbt))).not.toContain(name);
    }
  });

  it.each(VERSIONS)('never drops what is a new name in %s', (dbt) => {
    const live = names(renamedTo(dbt));
    expect(names(allowList(dbt)).filter((name) => live.includes(name))).toEqual([]);
  });

  it('keeps what the stored manifest has as a model, whatever the lists say', () => {
    const own = new Set(['reporting.fact_grades']);
    expect(names(droppable('v5.0.0', own))).not.toContain('reporting.fact_grades');
    expect(names(droppable('v5.0.0', NONE))).toContain('reporting.fact_grades');
    expect(keptOf('v5.0.0', own)).toContainEqual({
      database: 'reporting',
      name: 'fact_grades',
      why: 'live',
    });
  });
});

it('drops nothing for models of 1.x', () => {
  expect(allowList('v3.33.9')).toEqual([]);
});

it('keeps row 6 apart: same name, another database', () => {
  expect(names(allowList('v5.0.0'))).toContain('xapi.fact_instance_enrollments');
  expect(names(allowList('v5.0.0'))).not.toContain('reporting.fact_instance_enrollments');
});

it('tells generations by models of the manifest', () => {
  const id = (name: string) => `model.aspects.${name}`;
  expect(generationOf([id('fact_enrollment_status')])).toBe('1.x');
  expect(generationOf([id('dim_most_recent_enrollment')])).toBe('2.0');
  expect(generationOf([id('dim_most_recent_enrollment'), id('fact_video_segments')])).toBe('2.4');
  expect(generationOf([id('fact_video_segments'), id('dim_problem_coursewide_avg')])).toBe('2.5');
  expect(generationOf(['model.other.x'])).toBeNull();
  expect(['v3.33.9', 'v4.0.3', 'v5.0.0', 'v6.1.0', 'v8.0.0'].map(generationOfDbt)).toEqual([
    '1.x',
    '2.0',
    '2.4',
    '2.5',
    '2.5',
  ]);
});

it('compares versions by number', () => {
  expect(isAtLeast('v4.0.10', 'v4.0.9')).toBe(true);
  expect(isAtLeast('v4.0.0', 'v4.0.0')).toBe(true);
  expect(isAtLeast('v3.33.9', 'v4.0.0')).toBe(false);
});

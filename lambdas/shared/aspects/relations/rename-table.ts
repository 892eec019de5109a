// The rename table of the 1.x -> 2.x guide, row by row, as it really is: 30 rows, one of which names a
// table that never was, and more of the new names are gone again in later models. Old names are those of
// models v3.33.9 (Aspects 1.3), new ones those of v4.0.0 to v4.0.3 (2.0 to 2.3.1).

import { type Relation, type RelationName, relationOf } from './types';

/**
 * How rows of old and new are compared. `A`: equal counts of keys. `B`: recomputed from events that have a
 * TTL, so that new is at most old. `C`: the meaning changed, new may be more. `Q`: computed when read.
 */
export type ReconciliationClass = 'A' | 'B' | 'C' | 'Q';

/** A row of the table. */
export interface RenameRow {
  /** Its number in the contract. */
  readonly row: number;
  readonly old: Relation;
  /** Null: there is no replacement. */
  readonly new: Relation | null;
  /** The first models in which the new name is gone again. @default - it is still there */
  readonly goneFrom?: 'v5.0.0' | 'v6.0.0';
  /** Columns that identify a row. */
  readonly key?: readonly string[];
  /** Column with a time by which rows inside the TTL are told. @default - learners enrolled inside of it */
  readonly time?: string;
  /** Column that is summed instead of counting keys. */
  readonly sum?: string;
  readonly class?: ReconciliationClass;
  /** The old table has no TTL: what is older than its source is nowhere else. */
  readonly keepsHistory?: true;
  /** The replacement that the guide names and no release has. */
  readonly named?: RelationName;
  /** Relation to look at where there is no replacement. */
  readonly nearest?: readonly string[];
  /** What differs in columns. */
  readonly columns?: string;
}

type Rest = Omit<RenameRow, 'row' | 'old' | 'new'>;

const row = (number: number, old: string, to: string | null, rest: Rest = {}): RenameRow => ({
  row: number,
  old: relationOf(old),
  new: to === null ? null : relationOf(to),
  ...rest,
});

const LEARNER = ['org', 'course_key', 'actor_id'];
const section = ['org', 'course_key', 'section_block_id', 'actor_id'];
const subsection = ['org', 'course_key', 'subsection_block_id', 'actor_id'];
const B = { class: 'B' as const };
const KEPT = { ...B, keepsHistory: true as const };
const VIDEO = ['reporting.fact_video_engagement', 'reporting.fact_video_segments'];
const RESPONSES = [
  'reporting.dim_learner_last_response',
  'reporting.dim_problem_results',
  'reporting.dim_problem_responses',
];
const PAGES = ['reporting.fact_pageview_engagement', 'reporting.fact_navigation_completion'];
const PROBLEMS = ['reporting.fact_problem_engagement'];

/** All 30 rows. */
export const RENAME_TABLE: readonly RenameRow[] = [
  row(
    1,
    'dictionary:event_sink.course_block_names',
    'dictionary:reporting.dim_course_block_names',
    {
      class: 'A',
      key: ['location'],
    },
  ),
  row(2, 'dictionary:event_sink.course_names', 'dictionary:event_sink.dim_course_names', {
    class: 'A',
    key: ['course_key'],
    columns: 'the new one also has tags_str',
  }),
  row(3, 'dictionary:event_sink.course_tags', 'dictionary:reporting.dim_most_recent_course_tags', {
    ...B,
    key: ['course_key', 'tag'],
    columns: 'the new one also has tag_id, and takes the latest by modified',
  }),
  row(4, 'view:reporting.dim_course_blocks_extended', null, {
    nearest: ['reporting.dim_course_blocks'],
  }),
  row(5, 'mv:reporting.fact_enrollment_status', 'mv:reporting.dim_most_recent_enrollment', {
    ...KEPT,
    key: LEARNER,
    time: 'emission_time',
  }),
  row(6, 'mv:xapi.fact_instance_enrollments', 'mv:reporting.fact_instance_enrollments', {
    ...KEPT,
    key: ['emission_day', 'course_key', 'enrollment_mode', 'enrollment_status'],
    time: 'emission_day',
    sum: 'course_enrollment_mode_status_cnt',
  }),
  row(
    7,
    'mv:reporting.fact_learner_course_grade',
    'mv:reporting.dim_learner_most_recent_course_grade',
    {
      ...KEPT,
      key: LEARNER,
      time: 'emission_time',
    },
  ),
  row(
    8,
    'mv:reporting.fact_learner_course_status',
    'mv:reporting.dim_learner_most_recent_course_state',
    {
      class: 'C',
      keepsHistory: true,
      key: LEARNER,
      time: 'emission_time',
    },
  ),
  row(9, 'mv:xapi.fact_learner_last_course_visit', 'mv:reporting.dim_learner_last_course_visit', {
    ...B,
    key: LEARNER,
    time: 'emission_time',
  }),
  row(10, 'view:reporting.fact_navigation', null, {
    nearest: ['reporting.fact_navigation_completion'],
  }),
  row(11, 'view:reporting.fact_problem_responses', null, { nearest: RESPONSES }),
  row(12, 'view:reporting.fact_student_status', 'view:reporting.dim_student_status', {
    class: 'Q',
    columns: 'the new one reads without FINAL, and its columns follow other tables',
  }),
  row(13, 'view:reporting.int_pages_per_subsection', null, { nearest: PAGES }),
  row(14, 'view:reporting.int_problem_hints', null, { nearest: PROBLEMS }),
  row(15, 'view:reporting.int_problem_results', 'view:reporting.fact_learner_response_attempts', {
    class: 'Q',
    goneFrom: 'v6.0.0',
    nearest: RESPONSES,
    columns: 'problem_link comes from elsewhere',
  }),
  row(16, 'view:reporting.int_problems_per_subsection', null, { nearest: PROBLEMS }),
  row(17, 'view:reporting.int_videos_per_subsection', null, {
    named: { database: 'reporting', name: 'fact_videos_per_subsection' },
    nearest: VIDEO,
  }),
  row(
    18,
    'mv:event_sink.most_recent_course_blocks',
    'mv:event_sink.dim_most_recent_course_blocks',
    {
      class: 'A',
      key: ['location'],
    },
  ),
  row(19, 'view:reporting.most_recent_course_tags', null, {
    nearest: ['reporting.dim_most_recent_course_tags'],
  }),
  row(20, 'mv:event_sink.most_recent_object_tags', 'mv:event_sink.dim_most_recent_object_tags', {
    class: 'A',
    key: ['id'],
  }),
  row(21, 'mv:event_sink.most_recent_tags', 'mv:event_sink.dim_most_recent_tags', {
    class: 'A',
    key: ['id'],
  }),
  row(22, 'mv:event_sink.most_recent_taxonomies', 'mv:event_sink.dim_most_recent_taxonomies', {
    class: 'A',
    key: ['id'],
  }),
  row(23, 'mv:xapi.responses', 'mv:reporting.dim_learner_response_attempt', {
    ...B,
    goneFrom: 'v6.0.0',
    key: ['org', 'course_key', 'problem_id', 'actor_id'],
    nearest: RESPONSES,
  }),
  row(24, 'mv:xapi.section_page_engagement', 'mv:reporting.fact_section_page_engagement', {
    ...KEPT,
    goneFrom: 'v6.0.0',
    key: section,
    nearest: PAGES,
  }),
  row(25, 'mv:xapi.section_problem_engagement', 'mv:reporting.fact_section_problem_engagement', {
    class: 'C',
    keepsHistory: true,
    goneFrom: 'v6.0.0',
    key: section,
    nearest: PROBLEMS,
  }),
  row(26, 'mv:xapi.section_video_engagement', 'mv:reporting.fact_section_video_engagement', {
    ...KEPT,
    goneFrom: 'v5.0.0',
    key: section,
    nearest: VIDEO,
  }),
  row(27, 'mv:xapi.subsection_page_engagement', 'mv:reporting.fact_subsection_page_engagement', {
    ...KEPT,
    goneFrom: 'v6.0.0',
    key: subsection,
    nearest: PAGES,
  }),
  row(
    28,
    'mv:xapi.subsection_problem_engagement',
    'mv:reporting.fact_subsection_problem_engagement',
    {
      class: 'C',
      keepsHistory: true,
      goneFrom: 'v6.0.0',
      key: subsection,
      nearest: PROBLEMS,
    },
  ),
  row(29, 'mv:xapi.subsection_video_engagement', 'mv:reporting.fact_subsection_video_engagement', {
    ...KEPT,
    goneFrom: 'v5.0.0',
    key: subsection,
    nearest: VIDEO,
  }),
  row(30, 'view:reporting.watched_video_duration', 'view:reporting.fact_watched_video_duration', {
    class: 'Q',
    goneFrom: 'v5.0.0',
    nearest: VIDEO,
    columns: 'a view with parameters: it cannot be read without org_filter and course_key_filter',
  }),
];

// What upstream's macro remove_deprecated_models drops, by version of the models. We never run it: it takes
// raw and live relations with it. Its list is where ours begins.

import { RENAME_TABLE } from './rename-table';
import { type DbtVersion, isAtLeast, type Relation, relationOf } from './types';

const reporting = (kind: string, names: string) =>
  names.split(' ').map((name) => relationOf(`${kind}:reporting.${name}`));

/** Old names of the rename table. The macro drops the view of row 17 as if it were a table. */
export const RENAMED: readonly Relation[] = RENAME_TABLE.map(({ old }) => old);

/** What is left of versions before 1.3. */
export const LEFTOVERS: readonly Relation[] = [
  ...reporting(
    'view',
    'fact_completions fact_grades learner_summary fact_navigation_dropoff fact_learner_problem_summary ' +
      'fact_problem_engagement fact_problem_engagement_per_subsection fact_problem_responses_extended ' +
      'dim_at_risk_learners fact_transcript_usage fact_watched_video_segments',
  ),
  relationOf('view:xapi.fact_forum_interactions'),
  relationOf('mv:xapi.forum_events'),
  relationOf('mv:reporting.video_transcript_events'),
];

/**
 * Raw tables that the macro drops as if they were models: the first is written by every LMS that has not
 * switched its sink off, and nothing makes it again.
 */
export const RAW_IN_MACRO: readonly Relation[] = [
  relationOf('mv:event_sink.course_enrollment'),
  relationOf('mv:event_sink.course_relationships'),
];

/** Names that came with 2.0 and went again, with the models in which they went. */
const GONE_AGAIN: readonly {
  readonly from: DbtVersion;
  readonly relations: readonly Relation[];
}[] = [
  {
    from: 'v5.0.0',
    relations: [
      ...reporting('view', 'fact_video_plays fact_watched_video_duration'),
      ...reporting('mv', 'fact_section_video_engagement fact_subsection_video_engagement'),
    ],
  },
  {
    from: 'v6.0.0',
    relations: [
      ...reporting('view', 'fact_learner_response_attempts'),
      ...reporting(
        'mv',
        'dim_learner_first_response dim_learner_first_success_response dim_learner_response_attempt ' +
          'fact_section_page_engagement fact_subsection_page_engagement ' +
          'fact_section_problem_engagement fact_subsection_problem_engagement',
      ),
    ],
  },
  { from: 'v8.0.0', relations: reporting('mv', 'dim_subsection_performance') },
];

/** Names of 2.x that models of this version do not have any more. */
export function goneAgain(dbt: DbtVersion): readonly Relation[] {
  return GONE_AGAIN.filter(({ from }) => isAtLeast(dbt, from)).flatMap(
    ({ relations }) => relations,
  );
}

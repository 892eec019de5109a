// Models that a plain run of dbt leaves as they were, and that a full refresh has to build anew.

import { type AspectsVersion, isAtLeast } from '../versions';

/** From this release on nothing forces the event tables to be rebuilt. */
const UNFORCED: AspectsVersion = '2.5.0';

/** Models the documentation names for a target of 2.5.0 or newer; `+` takes what is built from them along. */
export const REFRESHED_FROM_2_5: readonly string[] = [
  'dim_problem_responses+',
  'fact_video_segments+',
  'dim_course_blocks+',
  'fact_navigation_completion+',
  'fact_pageview_engagement+',
  'problem_events+',
  'dim_learner_last_response+',
  'dim_problem_results+',
  'dim_subsection_problem_results+',
  'fact_problem_engagement+',
  'dim_problem_coursewide_avg+',
  'dim_subsection_performance+',
];

/**
 * What is refreshed in full after a hop, none where the release forces it itself. Blanks end an argument of
 * dbt there, so the list is given one by one.
 */
export function refreshedAfter(from: AspectsVersion, to: AspectsVersion): readonly string[] {
  return isAtLeast(to, UNFORCED) && !isAtLeast(from, UNFORCED) ? REFRESHED_FROM_2_5 : [];
}

// What is never dropped: tables that Alembic makes and the LMS, Ralph or Vector write to, and models that
// every version has.

import type { DatabaseRole } from './types';

/** Raw tables: their rows come from outside, and no model brings them back. */
export const RAW: Readonly<Record<DatabaseRole, readonly string[]>> = {
  xapi: ['xapi_events_all', 'alembic_version'],
  event_sink: [
    'course_overviews',
    'course_blocks',
    'course_enrollment',
    'course_relationships',
    'user_profile',
    'external_id',
    'auth_user',
    'tag',
    'taxonomy',
    'object_tag',
    'aspects_data',
  ],
  reporting: [],
};

/** Models whose names no version has changed; their definitions do change. */
export const LASTING: Readonly<Record<DatabaseRole, readonly string[]>> = {
  xapi: [
    'xapi_events_all_parsed',
    'enrollment_events',
    'grading_events',
    'navigation_events',
    'problem_events',
    'video_playback_events',
    'fact_instance_actors',
    'fact_instance_courses',
    'fact_instance_events',
  ],
  event_sink: ['user_pii'],
  reporting: [
    'dim_course_blocks',
    'dim_user_pii',
    'fact_enrollments',
    'fact_navigation_completion',
    'fact_pageview_engagement',
    'fact_video_engagement',
  ],
};

/** Event tables that models v4.0.0 to v5.0.0 rebuild on every run that selects them. */
export const REBUILT_EVENTS = [
  'enrollment_events',
  'grading_events',
  'navigation_events',
  'problem_events',
] as const;

/** Event tables of 1.0.x, which keeps no manifest to read its models from. */
export const EVENTS_OF_1_0 = [
  'xapi_events_all_parsed',
  'enrollment_events',
  'grading_events',
  'navigation_events',
  'problem_events',
  'video_playback_events',
  'completion_events',
] as const;

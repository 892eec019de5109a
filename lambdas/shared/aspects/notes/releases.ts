// What an operator should know of each release before it is installed: what changes for people, and what is to
// be done by hand. Public release notes, shortened to what matters to somebody who upgrades.

import type { AspectsVersion } from '../versions';

/** Notes on a release. */
export interface ReleaseNote {
  readonly version: AspectsVersion;
  /** True when something that worked before stops working. */
  readonly breaking: boolean;
  readonly notes: readonly string[];
}

const note = (version: AspectsVersion, ...notes: string[]): ReleaseNote => ({
  version,
  breaking: false,
  notes,
});
const breaking = (version: AspectsVersion, ...notes: string[]): ReleaseNote => ({
  ...note(version, ...notes),
  breaking: true,
});

/** One entry a release, oldest first. */
export const RELEASE_NOTES: readonly ReleaseNote[] = [
  note('1.0.0', 'first release: the state of dbt lies on the host, in data/aspects-dbt'),
  note('1.0.1', 'Superset 4.0.1, models v3.29.0'),
  note('1.0.2', 'corrections only'),
  note('1.0.3', 'own Superset assets are imported again'),
  note(
    '1.1.0',
    'the state of dbt moves into ClickHouse: this installation builds every model once',
    'event_sink.course_enrollment is new, written by the LMS',
    'dbt docs can be served on the cluster',
  ),
  note(
    '1.2.0',
    'ClickHouse 24.8; an older server cannot be started on its data again without care',
    'an import deletes Superset assets that Aspects owns and no longer uses: copy charts you have changed',
    'course comparison dashboard; tables of tags and taxonomies',
  ),
  note(
    '1.3.0',
    'user_profile has a username, external ids are text',
    'help tabs can be configured; access of instructors can be blocked',
  ),
  breaking(
    '2.0.0',
    'Python 3.11 and Tutor 18 are the oldest that work',
    '22 tables, views and dictionaries have new names and 8 go without a successor: own models, charts and queries that use the old ones break when these are removed (runbooks aspects-check finds them)',
    'Superset 4.1.1 migrates its database forward: there is no way back but its backup',
    'charts and dashboards can be tagged; Superset takes the language people chose in Open edX',
  ),
  note('2.1.0', 'a colour scheme of its own for charts'),
  note(
    '2.2.0',
    'metrics in context in Studio: with ASPECTS_ENABLE_STUDIO_IN_CONTEXT_METRICS the front ends are rebuilt',
    'wants tutor-mfe 19: not installable on Redwood without moving Tutor',
  ),
  note('2.2.1', 'corrections to the metrics in context'),
  note(
    '2.3.0',
    'ClickHouse 25.3',
    'clickhouse and ralph start again by themselves after a restart of the host',
    'models can be built on a cluster again',
  ),
  note('2.3.1', 'dim_course_blocks is a view again, so that it is never stale'),
  breaking(
    '2.4.0',
    'video models are new: fact_video_plays, fact_watched_video_duration and both tables of video engagement go',
    'Superset gets English dashboards only: name the locales you need in SUPERSET_DASHBOARD_LOCALES',
    'Redwood is supported again (tutor-mfe 18)',
  ),
  breaking(
    '2.5.0',
    'ClickHouse 25.8 writes parts that servers older than 25.5 cannot read: after it has started, only a restored backup leads back',
    'problem and page models are new: fact_learner_response_attempts and seven tables of engagement go',
    'no model forces a rebuild any more: the event tables are refreshed in full by this runbook',
    'click older than 8.3 is pinned',
  ),
  note('2.5.1', 'the sidebar of a unit is whole again where metrics in context are off'),
  breaking(
    '3.0.0',
    'for Ulmo only; its package does not keep pip from installing it beside an older Tutor',
    'front end plugin and Paragon 23',
  ),
  note('3.0.1', 'corrections to its requirements'),
  note('3.0.2', 'corrections to its release'),
  note('3.0.3', 'unused metrics are removed from datasets, so that names of courses are right'),
];

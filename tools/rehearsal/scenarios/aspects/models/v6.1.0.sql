-- What a run of the models v6.1.0 makes: a model that is a table is made and filled when it is absent, and only its
-- materialized view is made anew when it is there; a full refresh reads "create or replace table" instead.

-- model: xapi.xapi_events_all_parsed (mv)
drop view if exists xapi.xapi_events_all_parsed_mv;
create table if not exists xapi.xapi_events_all_parsed
engine = ReplacingMergeTree
order by (org, course_key, verb_id, actor_id, emission_time, event_id)
ttl toDateTime(emission_time) + interval 1 year
as select
  event_id,
  JSONExtractString(event, 'verb') as verb_id,
  JSONExtractString(event, 'actor') as actor_id,
  JSONExtractString(event, 'object') as object_id,
  JSONExtractString(event, 'course_key') as course_key,
  JSONExtractString(event, 'org') as org,
  emission_time,
  event
from xapi.xapi_events_all;
create materialized view xapi.xapi_events_all_parsed_mv to xapi.xapi_events_all_parsed as select
  event_id,
  JSONExtractString(event, 'verb') as verb_id,
  JSONExtractString(event, 'actor') as actor_id,
  JSONExtractString(event, 'object') as object_id,
  JSONExtractString(event, 'course_key') as course_key,
  JSONExtractString(event, 'org') as org,
  emission_time,
  event
from xapi.xapi_events_all;

-- model: event_sink.dim_most_recent_course_blocks (mv)
drop view if exists event_sink.dim_most_recent_course_blocks_mv;
create table if not exists event_sink.dim_most_recent_course_blocks
engine = ReplacingMergeTree(dumped)
order by (location)
as select location, course_key, display_name, graded, `order` as course_order, parseDateTimeBestEffort(time_last_dumped) as dumped from event_sink.course_blocks;
create materialized view event_sink.dim_most_recent_course_blocks_mv to event_sink.dim_most_recent_course_blocks as select location, course_key, display_name, graded, `order` as course_order, parseDateTimeBestEffort(time_last_dumped) as dumped from event_sink.course_blocks;

-- model: event_sink.dim_most_recent_object_tags (mv)
drop view if exists event_sink.dim_most_recent_object_tags_mv;
create table if not exists event_sink.dim_most_recent_object_tags
engine = ReplacingMergeTree(changed)
order by (id)
as select id, object_id, taxonomy, tag, parseDateTimeBestEffort(modified) as changed, modified from event_sink.object_tag;
create materialized view event_sink.dim_most_recent_object_tags_mv to event_sink.dim_most_recent_object_tags as select id, object_id, taxonomy, tag, parseDateTimeBestEffort(modified) as changed, modified from event_sink.object_tag;

-- model: event_sink.dim_most_recent_tags (mv)
drop view if exists event_sink.dim_most_recent_tags_mv;
create table if not exists event_sink.dim_most_recent_tags
engine = ReplacingMergeTree(dumped)
order by (id)
as select id, taxonomy, value, parseDateTimeBestEffort(time_last_dumped) as dumped from event_sink.tag;
create materialized view event_sink.dim_most_recent_tags_mv to event_sink.dim_most_recent_tags as select id, taxonomy, value, parseDateTimeBestEffort(time_last_dumped) as dumped from event_sink.tag;

-- model: event_sink.dim_most_recent_taxonomies (mv)
drop view if exists event_sink.dim_most_recent_taxonomies_mv;
create table if not exists event_sink.dim_most_recent_taxonomies
engine = ReplacingMergeTree(dumped)
order by (id)
as select id, name, parseDateTimeBestEffort(time_last_dumped) as dumped from event_sink.taxonomy;
create materialized view event_sink.dim_most_recent_taxonomies_mv to event_sink.dim_most_recent_taxonomies as select id, name, parseDateTimeBestEffort(time_last_dumped) as dumped from event_sink.taxonomy;

-- model: reporting.dim_course_block_names (dictionary)
create or replace dictionary reporting.dim_course_block_names (
  location String,
  block_name String,
  course_key String
)
primary key location
source(clickhouse(query 'select location, display_name as block_name, course_key from event_sink.dim_most_recent_course_blocks final'))
layout(complex_key_hashed())
lifetime(min 0 max 120);

-- model: event_sink.dim_course_names (dictionary)
create or replace dictionary event_sink.dim_course_names (
  course_key String,
  course_name String,
  org String,
  tags_str String
)
primary key course_key
source(clickhouse(query 'select course_key, any(display_name) as course_name, any(org) as org, \'\' as tags_str from event_sink.course_overviews group by course_key'))
layout(complex_key_hashed())
lifetime(min 0 max 120);

-- model: reporting.dim_most_recent_course_tags (dictionary)
create or replace dictionary reporting.dim_most_recent_course_tags (
  course_key String,
  tag Int32,
  tag_id Int32,
  taxonomy_name Int32
)
primary key course_key, tag
source(clickhouse(query 'select object_id as course_key, tag, argMax(id, changed) as tag_id, argMax(taxonomy, changed) as taxonomy_name from event_sink.dim_most_recent_object_tags final group by course_key, tag'))
layout(complex_key_hashed())
lifetime(min 0 max 120);

-- model: xapi.enrollment_events (mv)
drop view if exists xapi.enrollment_events_mv;
create table if not exists xapi.enrollment_events
engine = ReplacingMergeTree
order by (org, course_key, actor_id, emission_time, event_id, enrollment_status)
ttl toDateTime(emission_time) + interval 1 year
as select
  event_id, emission_time, org, course_key, actor_id,
  verb_id,
  JSONExtractString(event, 'mode') as enrollment_mode,
  if(verb_id = 'registered', 'registered', 'unregistered') as enrollment_status
from xapi.xapi_events_all_parsed
where verb_id in ('registered', 'unregistered');
create materialized view xapi.enrollment_events_mv to xapi.enrollment_events as select
  event_id, emission_time, org, course_key, actor_id,
  verb_id,
  JSONExtractString(event, 'mode') as enrollment_mode,
  if(verb_id = 'registered', 'registered', 'unregistered') as enrollment_status
from xapi.xapi_events_all_parsed
where verb_id in ('registered', 'unregistered');

-- model: xapi.grading_events (mv)
drop view if exists xapi.grading_events_mv;
create table if not exists xapi.grading_events
engine = ReplacingMergeTree
order by (org, course_key, actor_id, emission_time, event_id)
ttl toDateTime(emission_time) + interval 1 year
as select
  event_id, emission_time, org, course_key, actor_id,
  verb_id,
  object_id,
  JSONExtractFloat(event, 'score') as scaled_score,
  if(verb_id = 'passed', 'passed', 'failed') as approving_state
from xapi.xapi_events_all_parsed
where verb_id in ('passed', 'failed', 'scored');
create materialized view xapi.grading_events_mv to xapi.grading_events as select
  event_id, emission_time, org, course_key, actor_id,
  verb_id,
  object_id,
  JSONExtractFloat(event, 'score') as scaled_score,
  if(verb_id = 'passed', 'passed', 'failed') as approving_state
from xapi.xapi_events_all_parsed
where verb_id in ('passed', 'failed', 'scored');

-- model: xapi.navigation_events (mv)
drop view if exists xapi.navigation_events_mv;
create table if not exists xapi.navigation_events
engine = ReplacingMergeTree
order by (org, course_key, actor_id, emission_time, event_id)
ttl toDateTime(emission_time) + interval 1 year
as select
  event_id, emission_time, org, course_key, actor_id,
  object_id as block_id
from xapi.xapi_events_all_parsed
where verb_id = 'navigated';
create materialized view xapi.navigation_events_mv to xapi.navigation_events as select
  event_id, emission_time, org, course_key, actor_id,
  object_id as block_id
from xapi.xapi_events_all_parsed
where verb_id = 'navigated';

-- model: xapi.problem_events (mv)
drop view if exists xapi.problem_events_mv;
create table if not exists xapi.problem_events
engine = ReplacingMergeTree
order by (org, course_key, actor_id, emission_time, event_id)
ttl toDateTime(emission_time) + interval 1 year
as select
  event_id, emission_time, org, course_key, actor_id,
  object_id as problem_id,
  JSONExtractString(event, 'responses') as responses,
  JSONExtractBool(event, 'success') as success,
  JSONExtractUInt(event, 'attempts') as attempts
from xapi.xapi_events_all_parsed
where verb_id = 'evaluated';
create materialized view xapi.problem_events_mv to xapi.problem_events as select
  event_id, emission_time, org, course_key, actor_id,
  object_id as problem_id,
  JSONExtractString(event, 'responses') as responses,
  JSONExtractBool(event, 'success') as success,
  JSONExtractUInt(event, 'attempts') as attempts
from xapi.xapi_events_all_parsed
where verb_id = 'evaluated';

-- model: xapi.video_playback_events (mv)
drop view if exists xapi.video_playback_events_mv;
create table if not exists xapi.video_playback_events
engine = ReplacingMergeTree
order by (org, course_key, actor_id, emission_time, event_id)
ttl toDateTime(emission_time) + interval 1 year
as select
  event_id, emission_time, org, course_key, actor_id,
  object_id as video_id,
  JSONExtractUInt(event, 'position') as video_position
from xapi.xapi_events_all_parsed
where verb_id = 'played';
create materialized view xapi.video_playback_events_mv to xapi.video_playback_events as select
  event_id, emission_time, org, course_key, actor_id,
  object_id as video_id,
  JSONExtractUInt(event, 'position') as video_position
from xapi.xapi_events_all_parsed
where verb_id = 'played';

-- model: xapi.fact_instance_actors (mv)
drop view if exists xapi.fact_instance_actors_mv;
create table if not exists xapi.fact_instance_actors
engine = ReplacingMergeTree
order by (emission_hour, actor_id)
as select toStartOfHour(emission_time) as emission_hour, actor_id from xapi.xapi_events_all_parsed group by emission_hour, actor_id;
create materialized view xapi.fact_instance_actors_mv to xapi.fact_instance_actors as select toStartOfHour(emission_time) as emission_hour, actor_id from xapi.xapi_events_all_parsed group by emission_hour, actor_id;

-- model: xapi.fact_instance_courses (mv)
drop view if exists xapi.fact_instance_courses_mv;
create table if not exists xapi.fact_instance_courses
engine = ReplacingMergeTree
order by (emission_hour, course_key)
as select toStartOfHour(emission_time) as emission_hour, course_key from xapi.xapi_events_all_parsed group by emission_hour, course_key;
create materialized view xapi.fact_instance_courses_mv to xapi.fact_instance_courses as select toStartOfHour(emission_time) as emission_hour, course_key from xapi.xapi_events_all_parsed group by emission_hour, course_key;

-- model: xapi.fact_instance_events (mv)
drop view if exists xapi.fact_instance_events_mv;
create table if not exists xapi.fact_instance_events
engine = SummingMergeTree
order by (emission_hour)
as select toStartOfHour(emission_time) as emission_hour, count() as event_count from xapi.xapi_events_all_parsed group by emission_hour;
create materialized view xapi.fact_instance_events_mv to xapi.fact_instance_events as select toStartOfHour(emission_time) as emission_hour, count() as event_count from xapi.xapi_events_all_parsed group by emission_hour;

-- model: event_sink.user_pii (dictionary)
create or replace dictionary event_sink.user_pii (
  user_id Int32,
  external_user_id String,
  username String
)
primary key user_id
source(clickhouse(query 'select user_id, external_user_id, username from event_sink.external_id'))
layout(complex_key_hashed())
lifetime(min 0 max 120);

-- model: reporting.dim_user_pii (view)
create or replace view reporting.dim_user_pii as
select user_id, external_user_id, username from event_sink.external_id;

-- model: reporting.dim_most_recent_enrollment (mv)
drop view if exists reporting.dim_most_recent_enrollment_mv;
create table if not exists reporting.dim_most_recent_enrollment
engine = ReplacingMergeTree(emission_time)
order by (org, course_key, actor_id)
ttl toDateTime(emission_time) + interval 1 year
as select emission_time, org, course_key, actor_id, enrollment_mode, enrollment_status from xapi.enrollment_events;
create materialized view reporting.dim_most_recent_enrollment_mv to reporting.dim_most_recent_enrollment as select emission_time, org, course_key, actor_id, enrollment_mode, enrollment_status from xapi.enrollment_events;

-- model: reporting.fact_instance_enrollments (mv)
drop view if exists reporting.fact_instance_enrollments_mv;
create table if not exists reporting.fact_instance_enrollments
engine = SummingMergeTree
order by (emission_day, course_key, enrollment_mode, enrollment_status)
as select
  toDate(emission_time) as emission_day, course_key, enrollment_mode,
  enrollment_status, count() as course_enrollment_mode_status_cnt
from xapi.enrollment_events
group by emission_day, course_key, enrollment_mode, enrollment_status;
create materialized view reporting.fact_instance_enrollments_mv to reporting.fact_instance_enrollments as select
  toDate(emission_time) as emission_day, course_key, enrollment_mode,
  enrollment_status, count() as course_enrollment_mode_status_cnt
from xapi.enrollment_events
group by emission_day, course_key, enrollment_mode, enrollment_status;

-- model: reporting.dim_learner_most_recent_course_grade (mv)
drop view if exists reporting.dim_learner_most_recent_course_grade_mv;
create table if not exists reporting.dim_learner_most_recent_course_grade
engine = ReplacingMergeTree(emission_time)
order by (org, course_key, actor_id)
ttl toDateTime(emission_time) + interval 1 year
as select emission_time, org, course_key, actor_id, scaled_score as course_grade from xapi.grading_events where object_id = course_key;
create materialized view reporting.dim_learner_most_recent_course_grade_mv to reporting.dim_learner_most_recent_course_grade as select emission_time, org, course_key, actor_id, scaled_score as course_grade from xapi.grading_events where object_id = course_key;

-- model: reporting.dim_learner_most_recent_course_state (mv)
drop view if exists reporting.dim_learner_most_recent_course_state_mv;
create table if not exists reporting.dim_learner_most_recent_course_state
engine = ReplacingMergeTree(emission_time)
order by (org, course_key, actor_id)
ttl toDateTime(emission_time) + interval 1 year
as select emission_time, org, course_key, actor_id, approving_state from xapi.grading_events;
create materialized view reporting.dim_learner_most_recent_course_state_mv to reporting.dim_learner_most_recent_course_state as select emission_time, org, course_key, actor_id, approving_state from xapi.grading_events;

-- model: reporting.dim_learner_last_course_visit (mv)
drop view if exists reporting.dim_learner_last_course_visit_mv;
create table if not exists reporting.dim_learner_last_course_visit
engine = ReplacingMergeTree(emission_time)
order by (org, course_key, actor_id)
ttl toDateTime(emission_time) + interval 1 year
as select emission_time, org, course_key, actor_id from xapi.navigation_events;
create materialized view reporting.dim_learner_last_course_visit_mv to reporting.dim_learner_last_course_visit as select emission_time, org, course_key, actor_id from xapi.navigation_events;

-- model: reporting.dim_course_blocks (view)
create or replace view reporting.dim_course_blocks as
select location as block_id, course_key, display_name as block_name, course_order, graded, concat(toString(intDiv(course_order, 4)), ':0:0') as section_with_name, concat('0:', toString(intDiv(course_order, 2)), ':0') as subsection_with_name from event_sink.dim_most_recent_course_blocks final;

-- model: reporting.fact_enrollments (view)
create or replace view reporting.fact_enrollments as
select emission_time, org, course_key, actor_id, enrollment_mode, enrollment_status, dictGetOrDefault('event_sink.dim_course_names', 'course_name', tuple(course_key), '') as course_name from xapi.enrollment_events;

-- model: reporting.dim_student_status (view)
create or replace view reporting.dim_student_status as
select e.org as org, e.course_key as course_key, e.actor_id as actor_id, e.enrollment_status as enrollment_status, s.approving_state as approving_state, g.course_grade as course_grade from reporting.dim_most_recent_enrollment e left join reporting.dim_learner_most_recent_course_state s on s.org = e.org and s.course_key = e.course_key and s.actor_id = e.actor_id left join reporting.dim_learner_most_recent_course_grade g on g.org = e.org and g.course_key = e.course_key and g.actor_id = e.actor_id;

-- model: reporting.fact_navigation_completion (view)
create or replace view reporting.fact_navigation_completion as
select org, course_key, actor_id, count() as pages from xapi.navigation_events group by org, course_key, actor_id;

-- model: reporting.fact_video_segments (mv)
drop view if exists reporting.fact_video_segments_mv;
create table if not exists reporting.fact_video_segments
engine = SummingMergeTree
order by (org, course_key, video_id, actor_id, segment)
as select org, course_key, video_id, actor_id, intDiv(video_position, 5) as segment, count() as watched from xapi.video_playback_events group by org, course_key, video_id, actor_id, segment;
create materialized view reporting.fact_video_segments_mv to reporting.fact_video_segments as select org, course_key, video_id, actor_id, intDiv(video_position, 5) as segment, count() as watched from xapi.video_playback_events group by org, course_key, video_id, actor_id, segment;

-- model: reporting.fact_video_engagement (mv)
drop view if exists reporting.fact_video_engagement_mv;
create or replace table reporting.fact_video_engagement
engine = SummingMergeTree
order by (org, course_key, video_id, actor_id)
as select org, course_key, video_id, actor_id, count() as plays from xapi.video_playback_events group by org, course_key, video_id, actor_id;
create materialized view reporting.fact_video_engagement_mv to reporting.fact_video_engagement as select org, course_key, video_id, actor_id, count() as plays from xapi.video_playback_events group by org, course_key, video_id, actor_id;

-- model: reporting.dim_learner_last_response (mv)
drop view if exists reporting.dim_learner_last_response_mv;
create table if not exists reporting.dim_learner_last_response
engine = ReplacingMergeTree(emission_time)
order by (org, course_key, problem_id, actor_id)
ttl toDateTime(emission_time) + interval 1 year
as select org, course_key, problem_id, actor_id, emission_time, responses, success, attempts from xapi.problem_events;
create materialized view reporting.dim_learner_last_response_mv to reporting.dim_learner_last_response as select org, course_key, problem_id, actor_id, emission_time, responses, success, attempts from xapi.problem_events;

-- model: reporting.dim_problem_results (mv)
drop view if exists reporting.dim_problem_results_mv;
create table if not exists reporting.dim_problem_results
engine = ReplacingMergeTree
order by (org, course_key, problem_id, actor_id)
as select org, course_key, problem_id, actor_id, max(success) as success, max(attempts) as attempts from xapi.problem_events group by org, course_key, problem_id, actor_id;
create materialized view reporting.dim_problem_results_mv to reporting.dim_problem_results as select org, course_key, problem_id, actor_id, max(success) as success, max(attempts) as attempts from xapi.problem_events group by org, course_key, problem_id, actor_id;

-- model: reporting.dim_problem_responses (mv)
drop view if exists reporting.dim_problem_responses_mv;
create table if not exists reporting.dim_problem_responses
engine = SummingMergeTree
order by (org, course_key, problem_id, responses)
as select org, course_key, problem_id, responses, count() as times from xapi.problem_events group by org, course_key, problem_id, responses;
create materialized view reporting.dim_problem_responses_mv to reporting.dim_problem_responses as select org, course_key, problem_id, responses, count() as times from xapi.problem_events group by org, course_key, problem_id, responses;

-- model: reporting.dim_subsection_problem_results (mv)
drop view if exists reporting.dim_subsection_problem_results_mv;
create table if not exists reporting.dim_subsection_problem_results
engine = ReplacingMergeTree
order by (org, course_key, actor_id, problem_id)
as select org, course_key, actor_id, problem_id, max(success) as success from xapi.problem_events group by org, course_key, actor_id, problem_id;
create materialized view reporting.dim_subsection_problem_results_mv to reporting.dim_subsection_problem_results as select org, course_key, actor_id, problem_id, max(success) as success from xapi.problem_events group by org, course_key, actor_id, problem_id;

-- model: reporting.dim_problem_coursewide_avg (view)
create or replace view reporting.dim_problem_coursewide_avg as
select org, course_key, problem_id, avg(success) as success_rate from reporting.dim_problem_results final group by org, course_key, problem_id;

-- model: reporting.dim_subsection_performance (view)
create or replace view reporting.dim_subsection_performance as
select org, course_key, actor_id, avg(success) as success_rate from reporting.dim_subsection_problem_results final group by org, course_key, actor_id;

-- model: reporting.fact_pageview_engagement (mv)
drop view if exists reporting.fact_pageview_engagement_mv;
create or replace table reporting.fact_pageview_engagement
engine = SummingMergeTree
order by (org, course_key, actor_id, block_id)
as select org, course_key, actor_id, block_id, count() as views from xapi.navigation_events group by org, course_key, actor_id, block_id;
create materialized view reporting.fact_pageview_engagement_mv to reporting.fact_pageview_engagement as select org, course_key, actor_id, block_id, count() as views from xapi.navigation_events group by org, course_key, actor_id, block_id;

-- model: reporting.fact_problem_engagement (view)
create or replace view reporting.fact_problem_engagement as
select org, course_key, actor_id, problem_id, attempts from reporting.dim_problem_results final;


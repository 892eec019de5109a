-- What a run of the models v3.33.9 makes: a model that is a table is made and filled when it is absent, and only its
-- materialized view (not written here, it has the same select) is made anew when it is there; a full refresh reads "create or replace table" instead.

-- model: xapi.xapi_events_all_parsed (mv)
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

-- model: event_sink.most_recent_course_blocks (mv)
create table if not exists event_sink.most_recent_course_blocks
engine = ReplacingMergeTree(dumped)
order by (location)
as select location, course_key, display_name, graded, `order` as course_order, parseDateTimeBestEffort(time_last_dumped) as dumped from event_sink.course_blocks;

-- model: event_sink.most_recent_object_tags (mv)
create table if not exists event_sink.most_recent_object_tags
engine = ReplacingMergeTree(changed)
order by (id)
as select id, object_id, taxonomy, tag, parseDateTimeBestEffort(modified) as changed, modified from event_sink.object_tag;

-- model: event_sink.most_recent_tags (mv)
create table if not exists event_sink.most_recent_tags
engine = ReplacingMergeTree(dumped)
order by (id)
as select id, taxonomy, value, parseDateTimeBestEffort(time_last_dumped) as dumped from event_sink.tag;

-- model: event_sink.most_recent_taxonomies (mv)
create table if not exists event_sink.most_recent_taxonomies
engine = ReplacingMergeTree(dumped)
order by (id)
as select id, name, parseDateTimeBestEffort(time_last_dumped) as dumped from event_sink.taxonomy;

-- model: event_sink.course_block_names (dictionary)
create or replace dictionary event_sink.course_block_names (
  location String,
  block_name String,
  course_key String
)
primary key location
source(clickhouse(query 'select location, display_name as block_name, course_key from event_sink.most_recent_course_blocks final'))
layout(complex_key_hashed())
lifetime(min 0 max 120);

-- model: event_sink.course_names (dictionary)
create or replace dictionary event_sink.course_names (
  course_key String,
  course_name String,
  org String
)
primary key course_key
source(clickhouse(query 'select course_key, any(display_name) as course_name, any(org) as org from event_sink.course_overviews group by course_key'))
layout(complex_key_hashed())
lifetime(min 0 max 120);

-- model: event_sink.course_tags (dictionary)
create or replace dictionary event_sink.course_tags (
  course_key String,
  tag Int32,
  taxonomy_name Int32
)
primary key course_key, tag
source(clickhouse(query 'select object_id as course_key, tag, argMax(taxonomy, changed) as taxonomy_name from event_sink.most_recent_object_tags final group by course_key, tag'))
layout(complex_key_hashed())
lifetime(min 0 max 120);

-- model: xapi.enrollment_events (mv)
create table if not exists xapi.enrollment_events
engine = ReplacingMergeTree
order by (org, course_key, actor_id, emission_time, event_id)
ttl toDateTime(emission_time) + interval 1 year
as select
  event_id, emission_time, org, course_key, actor_id,
  verb_id,
  JSONExtractString(event, 'mode') as enrollment_mode
from xapi.xapi_events_all_parsed
where verb_id in ('registered', 'unregistered');

-- model: xapi.grading_events (mv)
create table if not exists xapi.grading_events
engine = ReplacingMergeTree
order by (org, course_key, actor_id, emission_time, event_id)
ttl toDateTime(emission_time) + interval 1 year
as select
  event_id, emission_time, org, course_key, actor_id,
  verb_id,
  object_id,
  JSONExtractFloat(event, 'score') as scaled_score
from xapi.xapi_events_all_parsed
where verb_id in ('passed', 'failed', 'scored');

-- model: xapi.navigation_events (mv)
create table if not exists xapi.navigation_events
engine = ReplacingMergeTree
order by (org, course_key, actor_id, emission_time, event_id)
ttl toDateTime(emission_time) + interval 1 year
as select
  event_id, emission_time, org, course_key, actor_id,
  object_id as block_id
from xapi.xapi_events_all_parsed
where verb_id = 'navigated';

-- model: xapi.problem_events (mv)
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

-- model: xapi.video_playback_events (mv)
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

-- model: xapi.fact_instance_actors (mv)
create table if not exists xapi.fact_instance_actors
engine = ReplacingMergeTree
order by (emission_hour, actor_id)
as select toStartOfHour(emission_time) as emission_hour, actor_id from xapi.xapi_events_all_parsed group by emission_hour, actor_id;

-- model: xapi.fact_instance_courses (mv)
create table if not exists xapi.fact_instance_courses
engine = ReplacingMergeTree
order by (emission_hour, course_key)
as select toStartOfHour(emission_time) as emission_hour, course_key from xapi.xapi_events_all_parsed group by emission_hour, course_key;

-- model: xapi.fact_instance_events (mv)
create table if not exists xapi.fact_instance_events
engine = SummingMergeTree
order by (emission_hour)
as select toStartOfHour(emission_time) as emission_hour, count() as event_count from xapi.xapi_events_all_parsed group by emission_hour;

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

-- model: reporting.fact_enrollment_status (mv)
create table if not exists reporting.fact_enrollment_status
engine = ReplacingMergeTree(emission_time)
order by (org, course_key, actor_id)
as select emission_time, org, course_key, actor_id, enrollment_mode, if(verb_id = 'registered', 'registered', 'unregistered') as enrollment_status from xapi.enrollment_events;

-- model: xapi.fact_instance_enrollments (mv)
create table if not exists xapi.fact_instance_enrollments
engine = SummingMergeTree
order by (emission_day, course_key, enrollment_mode, enrollment_status)
as select
  toDate(emission_time) as emission_day, course_key, enrollment_mode,
  if(verb_id = 'registered', 'registered', 'unregistered') as enrollment_status, count() as course_enrollment_mode_status_cnt
from xapi.enrollment_events
group by emission_day, course_key, enrollment_mode, enrollment_status;

-- model: reporting.fact_learner_course_grade (mv)
create table if not exists reporting.fact_learner_course_grade
engine = ReplacingMergeTree(emission_time)
order by (org, course_key, actor_id)
as select emission_time, org, course_key, actor_id, scaled_score as course_grade from xapi.grading_events where object_id = course_key;

-- model: reporting.fact_learner_course_status (mv)
create table if not exists reporting.fact_learner_course_status
engine = ReplacingMergeTree(emission_time)
order by (org, course_key, actor_id)
as select emission_time, org, course_key, actor_id, if(verb_id = 'passed', 'passed', 'failed') as approving_state from xapi.grading_events
where verb_id in ('passed', 'failed');

-- model: xapi.fact_learner_last_course_visit (mv)
create table if not exists xapi.fact_learner_last_course_visit
engine = ReplacingMergeTree(emission_time)
order by (org, course_key, actor_id)
ttl toDateTime(emission_time) + interval 1 year
as select emission_time, org, course_key, actor_id from xapi.navigation_events;

-- model: xapi.responses (mv)
create table if not exists xapi.responses
engine = ReplacingMergeTree
order by (org, course_key, problem_id, actor_id)
as select
  org, course_key, problem_id, actor_id,
  minIf(emission_time, success) as first_success_at, max(attempts) as attempts
from xapi.problem_events
group by org, course_key, problem_id, actor_id;

-- model: xapi.section_page_engagement (mv)
create table if not exists xapi.section_page_engagement
engine = ReplacingMergeTree
order by (org, course_key, section_block_id, actor_id)
as select
  org, course_key, concat(course_key, '/section-', toString(intDiv(toUInt32OrZero(extract(block_id, '(\\d+)$')), 4))) as section_block_id, actor_id,
  if(count() > 1, 'All viewed', 'At least one viewed') as engagement_level
from xapi.navigation_events
group by org, course_key, section_block_id, actor_id;

-- model: xapi.subsection_page_engagement (mv)
create table if not exists xapi.subsection_page_engagement
engine = ReplacingMergeTree
order by (org, course_key, subsection_block_id, actor_id)
as select
  org, course_key, concat(course_key, '/subsection-', toString(intDiv(toUInt32OrZero(extract(block_id, '(\\d+)$')), 2))) as subsection_block_id, actor_id,
  if(count() > 1, 'All viewed', 'At least one viewed') as engagement_level
from xapi.navigation_events
group by org, course_key, subsection_block_id, actor_id;

-- model: xapi.section_problem_engagement (mv)
create table if not exists xapi.section_problem_engagement
engine = ReplacingMergeTree
order by (org, course_key, section_block_id, actor_id)
as select
  org, course_key, concat(course_key, '/section-', toString(intDiv(toUInt32OrZero(extract(problem_id, '(\\d+)$')), 4))) as section_block_id, actor_id,
  if(count() > 1, 'All viewed', 'At least one viewed') as engagement_level
from xapi.problem_events
group by org, course_key, section_block_id, actor_id;

-- model: xapi.subsection_problem_engagement (mv)
create table if not exists xapi.subsection_problem_engagement
engine = ReplacingMergeTree
order by (org, course_key, subsection_block_id, actor_id)
as select
  org, course_key, concat(course_key, '/subsection-', toString(intDiv(toUInt32OrZero(extract(problem_id, '(\\d+)$')), 2))) as subsection_block_id, actor_id,
  if(count() > 1, 'All viewed', 'At least one viewed') as engagement_level
from xapi.problem_events
group by org, course_key, subsection_block_id, actor_id;

-- model: xapi.section_video_engagement (mv)
create table if not exists xapi.section_video_engagement
engine = ReplacingMergeTree
order by (org, course_key, section_block_id, actor_id)
as select
  org, course_key, concat(course_key, '/section-', toString(intDiv(toUInt32OrZero(extract(video_id, '(\\d+)$')), 4))) as section_block_id, actor_id,
  if(count() > 1, 'All viewed', 'At least one viewed') as engagement_level
from xapi.video_playback_events
group by org, course_key, section_block_id, actor_id;

-- model: xapi.subsection_video_engagement (mv)
create table if not exists xapi.subsection_video_engagement
engine = ReplacingMergeTree
order by (org, course_key, subsection_block_id, actor_id)
as select
  org, course_key, concat(course_key, '/subsection-', toString(intDiv(toUInt32OrZero(extract(video_id, '(\\d+)$')), 2))) as subsection_block_id, actor_id,
  if(count() > 1, 'All viewed', 'At least one viewed') as engagement_level
from xapi.video_playback_events
group by org, course_key, subsection_block_id, actor_id;

-- model: reporting.dim_course_blocks (view)
create or replace view reporting.dim_course_blocks as
select location as block_id, course_key, display_name as block_name, course_order, graded from event_sink.most_recent_course_blocks final;

-- model: reporting.dim_course_blocks_extended (view)
create or replace view reporting.dim_course_blocks_extended as
select *, concat(toString(course_order), ' - ', block_name) as display_name_with_location from reporting.dim_course_blocks;

-- model: reporting.most_recent_course_tags (view)
create or replace view reporting.most_recent_course_tags as
select object_id as course_key, tag, taxonomy from event_sink.most_recent_object_tags final;

-- model: reporting.fact_enrollments (view)
create or replace view reporting.fact_enrollments as
select emission_time, org, course_key, actor_id, enrollment_mode, dictGetOrDefault('event_sink.course_names', 'course_name', tuple(course_key), '') as course_name from xapi.enrollment_events;

-- model: reporting.fact_navigation (view)
create or replace view reporting.fact_navigation as
select emission_time, org, course_key, actor_id, block_id, dictGetOrDefault('event_sink.course_block_names', 'block_name', tuple(block_id), '') as block_name from xapi.navigation_events;

-- model: reporting.fact_problem_responses (view)
create or replace view reporting.fact_problem_responses as
select emission_time, org, course_key, actor_id, problem_id, responses, success, attempts from xapi.problem_events;

-- model: reporting.fact_student_status (view)
create or replace view reporting.fact_student_status as
select e.org as org, e.course_key as course_key, e.actor_id as actor_id, e.enrollment_status as enrollment_status, s.approving_state as approving_state, g.course_grade as course_grade from reporting.fact_enrollment_status e final left join reporting.fact_learner_course_status s on s.org = e.org and s.course_key = e.course_key and s.actor_id = e.actor_id left join reporting.fact_learner_course_grade g on g.org = e.org and g.course_key = e.course_key and g.actor_id = e.actor_id;

-- model: reporting.int_pages_per_subsection (view)
create or replace view reporting.int_pages_per_subsection as
select course_key, intDiv(course_order, 2) as subsection, count() as item_count from reporting.dim_course_blocks group by course_key, subsection;

-- model: reporting.int_problems_per_subsection (view)
create or replace view reporting.int_problems_per_subsection as
select course_key, intDiv(course_order, 2) as subsection, count() as item_count from reporting.dim_course_blocks where graded group by course_key, subsection;

-- model: reporting.int_videos_per_subsection (view)
create or replace view reporting.int_videos_per_subsection as
select course_key, intDiv(course_order, 2) as subsection, count() as item_count from reporting.dim_course_blocks where not graded group by course_key, subsection;

-- model: reporting.int_problem_hints (view)
create or replace view reporting.int_problem_hints as
select emission_time, org, course_key, actor_id, problem_id from xapi.problem_events where attempts > 1;

-- model: reporting.int_problem_results (view)
create or replace view reporting.int_problem_results as
select org, course_key, problem_id, actor_id, attempts, first_success_at from xapi.responses final;

-- model: reporting.fact_navigation_completion (view)
create or replace view reporting.fact_navigation_completion as
select org, course_key, actor_id, count() as pages from xapi.navigation_events group by org, course_key, actor_id;

-- model: reporting.fact_pageview_engagement (view)
create or replace view reporting.fact_pageview_engagement as
select org, course_key, actor_id, section_block_id, engagement_level from xapi.section_page_engagement final;

-- model: reporting.fact_video_engagement (view)
create or replace view reporting.fact_video_engagement as
select org, course_key, actor_id, section_block_id, engagement_level from xapi.section_video_engagement final;

-- model: reporting.fact_video_plays (view)
create or replace view reporting.fact_video_plays as
select emission_time, org, course_key, actor_id, video_id, video_position from xapi.video_playback_events;

-- model: reporting.watched_video_duration (view)
create or replace view reporting.watched_video_duration as
select org, course_key, actor_id, video_id, count() * 5 as watched_seconds from xapi.video_playback_events where ({org_filter:String} = '[]' or has(JSONExtract({org_filter:String}, 'Array(String)'), org)) and ({course_key_filter:String} = '[]' or has(JSONExtract({course_key_filter:String}, 'Array(String)'), course_key)) group by org, course_key, actor_id, video_id;

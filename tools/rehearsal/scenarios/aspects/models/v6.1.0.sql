-- What a run of the models v6.1.0 makes: a model that is a table is made and filled when it is absent, and only its
-- materialized view (not written here, it has the same select) is made anew when it is there; a full refresh reads "create or replace table" instead.
-- based on v5.0.0
-- gone: reporting.dim_learner_response_attempt, reporting.fact_section_page_engagement, reporting.fact_subsection_page_engagement, reporting.fact_section_problem_engagement, reporting.fact_subsection_problem_engagement, reporting.fact_pageview_engagement, reporting.fact_learner_response_attempts

-- model: xapi.enrollment_events (mv)
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

-- model: xapi.grading_events (mv)
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

-- model: reporting.dim_learner_last_response (mv)
create table if not exists reporting.dim_learner_last_response
engine = ReplacingMergeTree(emission_time)
order by (org, course_key, problem_id, actor_id)
ttl toDateTime(emission_time) + interval 1 year
as select org, course_key, problem_id, actor_id, emission_time, responses, success, attempts from xapi.problem_events;

-- model: reporting.dim_problem_results (mv)
create table if not exists reporting.dim_problem_results
engine = ReplacingMergeTree
order by (org, course_key, problem_id, actor_id)
as select org, course_key, problem_id, actor_id, max(success) as success, max(attempts) as attempts from xapi.problem_events group by org, course_key, problem_id, actor_id;

-- model: reporting.dim_problem_responses (mv)
create table if not exists reporting.dim_problem_responses
engine = SummingMergeTree
order by (org, course_key, problem_id, responses)
as select org, course_key, problem_id, responses, count() as times from xapi.problem_events group by org, course_key, problem_id, responses;

-- model: reporting.dim_subsection_problem_results (mv)
create table if not exists reporting.dim_subsection_problem_results
engine = ReplacingMergeTree
order by (org, course_key, actor_id, problem_id)
as select org, course_key, actor_id, problem_id, max(success) as success from xapi.problem_events group by org, course_key, actor_id, problem_id;

-- model: reporting.dim_problem_coursewide_avg (view)
create or replace view reporting.dim_problem_coursewide_avg as
select org, course_key, problem_id, avg(success) as success_rate from reporting.dim_problem_results final group by org, course_key, problem_id;

-- model: reporting.dim_subsection_performance (view)
create or replace view reporting.dim_subsection_performance as
select org, course_key, actor_id, avg(success) as success_rate from reporting.dim_subsection_problem_results final group by org, course_key, actor_id;

-- model: reporting.fact_pageview_engagement (mv)
create or replace table reporting.fact_pageview_engagement
engine = SummingMergeTree
order by (org, course_key, actor_id, block_id)
as select org, course_key, actor_id, block_id, count() as views from xapi.navigation_events group by org, course_key, actor_id, block_id;

-- model: reporting.fact_problem_engagement (view)
create or replace view reporting.fact_problem_engagement as
select org, course_key, actor_id, problem_id, attempts from reporting.dim_problem_results final;

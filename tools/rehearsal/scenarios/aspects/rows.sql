-- Two years of five courses with forty learners each, so that half of the learners began before what the TTL of one
-- year leaves. A learner's events follow the enrolment within ten days.
insert into event_sink.course_overviews
select 'edX', concat('course-v1:edX+', toString(number), '+2024'), concat('Course ', toString(number)), generateUUIDv4(), toString(now())
from numbers(5);
insert into event_sink.course_blocks
select 'edX', concat('course-v1:edX+', toString(intDiv(number, 8)), '+2024'), concat('block-', toString(intDiv(number, 8)), '-', toString(number % 8)),
  concat('Block ', toString(number % 8)), number % 2 = 0, number % 8, generateUUIDv4(), toString(now())
from numbers(40);
insert into event_sink.course_enrollment
select number, concat('course-v1:edX+', toString(intDiv(number, 40)), '+2024'), toString(now() - 86400 * (number * 37 % 700)), true,
  'audit', concat('learner', toString(number % 40)), number % 40, generateUUIDv4(), toString(now())
from numbers(200);
insert into event_sink.course_relationships
select concat('course-v1:edX+', toString(intDiv(number, 8)), '+2024'), 'course', concat('block-', toString(number % 8)), number % 8, generateUUIDv4(), toString(now())
from numbers(40);
insert into event_sink.external_id
select concat('actor-', toString(number)), concat('learner', toString(number)), number, generateUUIDv4(), toString(now())
from numbers(40);
insert into event_sink.user_profile select number, number, concat('Learner ', toString(number)), generateUUIDv4(), toString(now()) from numbers(40);
insert into event_sink.taxonomy select number, concat('taxonomy ', toString(number)), generateUUIDv4(), toString(now()) from numbers(3);
insert into event_sink.tag select number, number % 3, concat('tag ', toString(number)), generateUUIDv4(), toString(now()) from numbers(9);
insert into event_sink.object_tag
select number, concat('course-v1:edX+', toString(number % 5), '+2024'), number % 3, number % 9, toString(now()), generateUUIDv4(), toString(now())
from numbers(15);

insert into xapi.xapi_events_all
with
  intDiv(number, 25) as pair,
  number % 25 as what,
  intDiv(pair, 40) as course,
  now64(6) - toIntervalDay(12 + pair * 37 % 700) as enrolled
select
  reinterpretAsUUID(sipHash128(number)) as event_id,
  enrolled + toIntervalHour(if(what = 0, 0, 1 + what * 9)) as emission_time,
  concat(
    '{"org": "edX", "course_key": "course-v1:edX+', toString(course), '+2024", "actor": "actor-', toString(pair % 40),
    '", "verb": "', multiIf(what = 0, 'registered', what = 1, 'passed', what = 2, 'scored', what < 11, 'navigated', what < 18, 'evaluated', 'played'),
    '", "object": "', multiIf(what < 3, concat('course-v1:edX+', toString(course), '+2024'), concat('block-', toString(course), '-', toString(what % 8))),
    '", "mode": "', if(pair % 3 = 0, 'verified', 'audit'), '", "score": 0.', toString(50 + pair % 50),
    ', "success": ', if(pair % 2 = 0, 'true', 'false'), ', "attempts": ', toString(1 + what % 3), ', "responses": "r', toString(what % 4),
    '", "position": ', toString(what * 7), '}'
  ) as event
from numbers(5000);
-- Ralph delivers some events twice: the rows are unmerged duplicates.
insert into xapi.xapi_events_all select * from xapi.xapi_events_all where sipHash64(event_id) % 100 = 0;

optimize table xapi.xapi_events_all_parsed final;
optimize table xapi.enrollment_events final;
optimize table xapi.grading_events final;
optimize table xapi.navigation_events final;
optimize table xapi.problem_events final;
optimize table xapi.video_playback_events final;
optimize table xapi.fact_learner_last_course_visit final;

-- Left over from versions before 1.3.
create view reporting.fact_grades as select emission_time, course_key, actor_id, scaled_score from xapi.grading_events;
create view reporting.fact_problem_engagement as select course_key, actor_id, problem_id from xapi.problem_events;
create table xapi.forum_events (event_id UUID, emission_time DateTime64(6), course_key String) engine = ReplacingMergeTree order by (course_key, event_id);
create materialized view xapi.forum_events_mv to xapi.forum_events as
select event_id, emission_time, course_key from xapi.xapi_events_all_parsed where verb_id = 'posted';

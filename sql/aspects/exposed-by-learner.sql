--! Purpose: rows of an old table without a time, of learners who enrolled before what its replacement is computed from
--! Rerun: safe, reads only
--! Needs: the table, and one with the latest enrolment of each learner
--! Parameters: :boundary

select toString(count()) as rows
from {{id:database}}.{{id:name}} final
where (course_key, actor_id) not in (
  select course_key, actor_id
  from {{id:enrolments_database}}.{{id:enrolments}} final
  where toUnixTimestamp(toDateTime(emission_time)) >= :boundary
)

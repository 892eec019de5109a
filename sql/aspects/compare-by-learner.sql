--! Purpose: compares keys of an old and a new table without a time, of learners whose enrolment is young enough
--! Rerun: safe, reads only
--! Needs: both tables, which replace rows when parts merge, and that of the latest enrolments
--! Parameters: :boundary

select toString(countIf(was)) as old_keys,
       toString(countIf(is)) as new_keys,
       toString(countIf(was and inside)) as expected,
       toString(countIf(was and inside and not is)) as missing,
       toString(countIf(is and inside and not was)) as more
from (
  select max(in_old) as was,
         max(in_new) as is,
         (course_key, actor_id) in (
           select course_key, actor_id
           from {{id:enrolments_database}}.{{id:enrolments}} final
           where toUnixTimestamp(toDateTime(emission_time)) >= :boundary
         ) as inside
  from (
    select {{id:keys}}, 1 as in_old, 0 as in_new
    from {{id:old_database}}.{{id:old}} final
    union all
    select {{id:keys}}, 0 as in_old, 1 as in_new
    from {{id:new_database}}.{{id:new}} final
  )
  group by {{id:keys}}
)

--! Purpose: end the transaction unless each staged row with its exam is there, once
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: none

-- A number that is none ends the transaction: its text says why.
select cast(
  case
    when target.total <> expected.total
      then target.total::varchar || ' rows were inserted, ' || expected.total::varchar || ' have their exam'
    when target.ids <> target.total
      then (target.total - target.ids)::varchar || ' ids are there more than once'
    when doubled.total > 0
      then doubled.total::varchar || ' scores of a student, assessment and year are there more than once'
    else '0'
  end as integer
) as passed
from (
  select count(*) as total,
         count(distinct id) as ids
  from {{id:schema}}.exam_alt_score
) as target
cross join (
  select count(*) as total
  from {{id:schema}}.{{id:staging}} as loaded
  where exists (
    select 1
    from {{id:schema}}.exam as current_exam
    where current_exam.id = loaded.exam_id
      and current_exam.student_id = loaded.student_id
      and current_exam.asmt_id = loaded.asmt_id
      and current_exam.school_year = loaded.school_year
  )
) as expected
cross join (
  select count(*) as total
  from (
    select 1 as found
    from {{id:schema}}.exam_alt_score
    group by school_year, asmt_id, student_id, subject_score_id
    having count(*) > 1
  ) as twice
) as doubled;

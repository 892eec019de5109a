--! Purpose: as mysql-facts, of the exams that count: the latest of a student, assessment and year (MySQL)
--! Rerun: safe, reads only
--! Needs: exam, exam_score of the tenant's warehouse
--! Parameters: :from, :to, :high, :settled, :without, :subjects

-- The latest is told from exams as they were at the high-water mark; at a tie the lower id counts.
-- With :settled 1, what has an attempt that was changed since then is left out.
select we.school_year as school_year,
       count(*) as n,
       count(distinct wes.exam_id) as exams,
       sum(wes.id) as s_id,
       sum(wes.performance_level) as s_level,
       sum(cast(cast(wes.scale_score as char) as decimal(14, 4))) as s_score,
       sum(floor(unix_timestamp(we.completed_at))) as s_completed,
       sum(floor(unix_timestamp(we.updated))) as s_updated,
       sum(cast(conv(substr(md5(concat_ws('|', wes.id, wes.exam_id, wes.subject_score_id, we.student_id,
         we.asmt_id, we.school_year, cast(cast(wes.scale_score as char) as decimal(14, 4)),
         wes.performance_level, floor(unix_timestamp(we.completed_at)), we.update_import_id)), 1, 8),
         16, 10) as unsigned)) as fp
from {{id:warehouse}}.exam we
join {{id:warehouse}}.exam_score wes
  on wes.exam_id = we.id
where we.type_id in (1, 3)
  and we.deleted = 0
  and we.updated >= :from
  and we.updated <= :to
  and we.scale_score is not null
  and we.performance_level is not null
  and wes.scale_score is not null
  and wes.performance_level is not null
  and wes.subject_score_id in (:subjects)
  and we.id not in (:without)
  and not exists (
    select 1
    from {{id:warehouse}}.exam o
    where o.student_id = we.student_id
      and o.school_year = we.school_year
      and o.asmt_id = we.asmt_id
      and o.type_id in (1, 3)
      and o.deleted = 0
      and o.updated <= :high
      and o.scale_score is not null
      and o.performance_level is not null
      and (o.completed_at > we.completed_at or o.completed_at = we.completed_at and o.id < we.id)
  )
  and (:settled = 0 or not exists (
    select 1
    from {{id:warehouse}}.exam c
    where c.student_id = we.student_id
      and c.school_year = we.school_year
      and c.asmt_id = we.asmt_id
      and c.type_id in (1, 3)
      and c.created <= :high
      and c.updated > :high
  ))
group by we.school_year;

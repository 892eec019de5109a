--! Purpose: what the extract of one window must hold, by school year: counts, sums and a fingerprint (MySQL)
--! Rerun: safe, reads only
--! Needs: exam, exam_score of the tenant's warehouse
--! Parameters: :from, :to, :subjects

-- A float is compared as the six digits of its text, which is what an export writes.
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
group by we.school_year;

--! Purpose: what a report shows of one assessment, year and alt score, from the exams that count (MySQL)
--! Rerun: safe, reads only
--! Needs: exam, exam_score of the tenant's warehouse
--! Parameters: :from, :high, :year, :asmt, :subject

select count(*) as n,
       sum(cast(cast(wes.scale_score as char) as decimal(14, 4))) as s_score,
       sum(wes.performance_level = 1) as level1,
       sum(wes.performance_level = 2) as level2,
       sum(wes.performance_level = 3) as level3,
       sum(wes.performance_level = 4) as level4,
       sum(wes.performance_level = 5) as level5
from {{id:warehouse}}.exam we
join {{id:warehouse}}.exam_score wes
  on wes.exam_id = we.id
where we.type_id in (1, 3)
  and we.deleted = 0
  and we.updated >= :from
  and we.updated <= :high
  and we.school_year = :year
  and we.asmt_id = :asmt
  and we.scale_score is not null
  and we.performance_level is not null
  and wes.scale_score is not null
  and wes.performance_level is not null
  and wes.subject_score_id = :subject
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
  );

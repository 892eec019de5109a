--! Purpose: exams that count, by school year, whether they have alt scores or not (MySQL)
--! Rerun: safe, reads only
--! Needs: exam of the tenant's warehouse
--! Parameters: :from, :to, :high, :without

select we.school_year as school_year,
       count(*) as n,
       sum(we.id) as s_id,
       sum(cast(conv(substr(md5(concat_ws('|', we.id, we.student_id, we.asmt_id, we.school_year,
         floor(unix_timestamp(we.completed_at)), we.update_import_id)), 1, 8), 16, 10) as unsigned)) as fp
from {{id:warehouse}}.exam we
where we.type_id in (1, 3)
  and we.deleted = 0
  and we.updated >= :from
  and we.updated <= :to
  and we.scale_score is not null
  and we.performance_level is not null
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
  and not exists (
    select 1
    from {{id:warehouse}}.exam c
    where c.student_id = we.student_id
      and c.school_year = we.school_year
      and c.asmt_id = we.asmt_id
      and c.type_id in (1, 3)
      and c.created <= :high
      and c.updated > :high
  )
group by we.school_year;

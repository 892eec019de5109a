--! Purpose: staged rows by what becomes of them in the swap, by school year
--! Rerun: safe, reads only
--! Needs: the staging table, exam
--! Parameters: none

-- Inserted: its exam is stored. Superseded: another exam is stored for the key. Orphan: none is.
select cast(s.school_year as varchar(8)) as school_year,
       cast(count(*) as varchar(40)) as staged,
       cast(sum(case when e.id is not null then 1 else 0 end) as varchar(40)) as inserted,
       cast(sum(case when e.id is null and k.student_id is not null then 1 else 0 end) as varchar(40)) as superseded,
       cast(sum(case when e.id is null and k.student_id is null then 1 else 0 end) as varchar(40)) as orphan
from {{id:schema}}.{{id:table}} s
left join (select distinct id, student_id, asmt_id, school_year from {{id:schema}}.exam) e
  on e.id = s.exam_id
 and e.student_id = s.student_id
 and e.asmt_id = s.asmt_id
 and e.school_year = s.school_year
left join (select distinct student_id, asmt_id, school_year from {{id:schema}}.exam) k
  on k.student_id = s.student_id
 and k.asmt_id = s.asmt_id
 and k.school_year = s.school_year
group by s.school_year;

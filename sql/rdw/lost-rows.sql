--! Purpose: exams whose rows in exam_alt_score reports show now and the staging table does not have
--! Rerun: safe, reads only
--! Needs: exam_alt_score, exam, the staging table
--! Parameters: :after

select cast(t.exam_id as varchar(20)) as exam_id,
       cast(max(t.school_year) as varchar(8)) as school_year,
       cast(count(*) as varchar(20)) as n
from {{id:schema}}.exam_alt_score t
join {{id:schema}}.exam e
  on e.id = t.exam_id
 and e.student_id = t.student_id
 and e.asmt_id = t.asmt_id
 and e.school_year = t.school_year
left join {{id:schema}}.{{id:table}} s
  on s.id = t.id
 and s.exam_id = t.exam_id
where s.id is null
  and t.exam_id > cast(:after as bigint)
group by t.exam_id
order by t.exam_id
limit 4000;

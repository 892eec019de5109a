--! Purpose: ids of staged exams of whose student, assessment and year no exam is stored
--! Rerun: safe, reads only
--! Needs: the staging table, exam
--! Parameters: :from, :to

select distinct cast(s.exam_id as varchar(20)) as id
from {{id:schema}}.{{id:table}} s
left join {{id:schema}}.exam e
  on e.student_id = s.student_id
 and e.asmt_id = s.asmt_id
 and e.school_year = s.school_year
where s.updated >= cast(:from as timestamptz)
  and s.updated <= cast(:to as timestamptz)
  and e.id is null
limit 50001;

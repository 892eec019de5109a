--! Purpose: how far exam_alt_score goes back, and how many of its rows no report shows
--! Rerun: safe, reads only
--! Needs: exam_alt_score, exam
--! Parameters: none

select cast(extract(epoch from min(t.updated)) * 1000000 as bigint)::varchar as first_updated,
       cast(count(*) as varchar(40)) as n,
       cast(sum(case when e.id is null then 1 else 0 end) as varchar(40)) as hidden
from {{id:schema}}.exam_alt_score t
left join {{id:schema}}.exam e
  on e.id = t.exam_id
 and e.student_id = t.student_id
 and e.asmt_id = t.asmt_id
 and e.school_year = t.school_year;

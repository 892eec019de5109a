--! Purpose: what the swap would insert breaks no key and holds alt scores only
--! Rerun: safe, reads only
--! Needs: the staging table, exam, subject_score
--! Parameters: none

select 'staged rows with an id that is there twice' as name,
       '0' as expected,
       cast(count(*) - count(distinct id) as varchar(32)) as actual
from {{id:schema}}.{{id:table}}
union all
select 'staged keys that would be there twice' as name,
       '0' as expected,
       cast(count(*) as varchar(32)) as actual
from (
  select s.school_year, s.asmt_id, s.student_id, s.subject_score_id
  from {{id:schema}}.{{id:table}} s
  join {{id:schema}}.exam e
    on e.id = s.exam_id
   and e.student_id = s.student_id
   and e.asmt_id = s.asmt_id
   and e.school_year = s.school_year
  group by s.school_year, s.asmt_id, s.student_id, s.subject_score_id
  having count(*) > 1
) twice
union all
select 'staged rows that are no alt scores' as name,
       '0' as expected,
       cast(count(*) as varchar(32)) as actual
from {{id:schema}}.{{id:table}} s
left join {{id:schema}}.subject_score n
  on n.id = s.subject_score_id
 and n.score_type_id = 2
where n.id is null
union all
select 'staged rows without the mark of the back-fill' as name,
       '0' as expected,
       cast(count(*) as varchar(32)) as actual
from {{id:schema}}.{{id:table}}
where migrate_id <> -1;

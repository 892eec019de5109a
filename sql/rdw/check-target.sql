--! Purpose: exam_alt_score after the swap breaks no key and holds back-filled alt scores of stored exams only
--! Rerun: safe, reads only
--! Needs: exam_alt_score, exam, subject_score
--! Parameters: :inserted

select 'rows with an id that is there twice' as name,
       '0' as expected,
       cast(count(*) - count(distinct id) as varchar(32)) as actual
from {{id:schema}}.exam_alt_score
union all
select 'keys that are there twice' as name,
       '0' as expected,
       cast(count(*) as varchar(32)) as actual
from (
  select school_year, asmt_id, student_id, subject_score_id
  from {{id:schema}}.exam_alt_score
  group by school_year, asmt_id, student_id, subject_score_id
  having count(*) > 1
) twice
union all
select 'rows with no exam' as name,
       '0' as expected,
       cast(count(*) as varchar(32)) as actual
from {{id:schema}}.exam_alt_score t
left join {{id:schema}}.exam e
  on e.id = t.exam_id
 and e.student_id = t.student_id
 and e.asmt_id = t.asmt_id
 and e.school_year = t.school_year
where e.id is null
union all
select 'rows that are no alt scores' as name,
       '0' as expected,
       cast(count(*) as varchar(32)) as actual
from {{id:schema}}.exam_alt_score t
left join {{id:schema}}.subject_score n
  on n.id = t.subject_score_id
 and n.score_type_id = 2
where n.id is null
union all
select 'rows with the mark of the back-fill' as name,
       cast(:inserted as varchar(32)) as expected,
       cast(count(*) as varchar(32)) as actual
from {{id:schema}}.exam_alt_score
where migrate_id = -1
union all
select 'rows without it' as name,
       '0' as expected,
       cast(count(*) as varchar(32)) as actual
from {{id:schema}}.exam_alt_score
where migrate_id <> -1;

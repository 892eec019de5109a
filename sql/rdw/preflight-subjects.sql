--! Purpose: ids of a tenant's alt scores in Redshift, each with the exams that may have one
--! Rerun: safe, reads only
--! Needs: subject_score, asmt, exam
--! Parameters: :start

select s.id,
       cast(count(e.id) as varchar(40)) as exams
from {{id:schema}}.subject_score s
left join {{id:schema}}.asmt a
  on a.subject_id = s.subject_id
 and a.type_id = s.asmt_type_id
left join {{id:schema}}.exam e
  on e.asmt_id = a.id
 and e.updated >= cast(:start as timestamptz)
where s.score_type_id = 2
  and s.asmt_type_id in (1, 3)
group by s.id
order by s.id;

--! Purpose: what a report shows of one assessment, year and alt score, joined as the reports join it
--! Rerun: safe, reads only
--! Needs: exam_alt_score, exam, subject_score, asmt
--! Parameters: :year, :asmt, :subject

select cast(count(*) as varchar(40)) as n,
       cast(sum(cast(t.scale_score as decimal(14, 4))) as varchar(40)) as s_score,
       cast(sum(case when t.performance_level = 1 then 1 else 0 end) as varchar(40)) as level1,
       cast(sum(case when t.performance_level = 2 then 1 else 0 end) as varchar(40)) as level2,
       cast(sum(case when t.performance_level = 3 then 1 else 0 end) as varchar(40)) as level3,
       cast(sum(case when t.performance_level = 4 then 1 else 0 end) as varchar(40)) as level4,
       cast(sum(case when t.performance_level = 5 then 1 else 0 end) as varchar(40)) as level5
from {{id:schema}}.exam_alt_score t
join {{id:schema}}.exam e
  on e.id = t.exam_id
join {{id:schema}}.subject_score n
  on n.id = t.subject_score_id
join {{id:schema}}.asmt a
  on a.id = t.asmt_id
where e.school_year = cast(:year as int)
  and t.asmt_id = cast(:asmt as int)
  and t.subject_score_id = cast(:subject as int)
  and n.score_type_id = 2;

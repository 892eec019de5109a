--! Purpose: reports as they will be after the swap, by assessment, year and score; the largest with older rows and without first
--! Rerun: safe, reads only
--! Needs: the staging table, exam
--! Parameters: :previous

select cast(school_year as varchar(8)) as school_year,
       cast(asmt_id as varchar(12)) as asmt_id,
       cast(subject_score_id as varchar(12)) as subject_score_id,
       cast(older as varchar(20)) as older,
       cast(n as varchar(40)) as n,
       cast(s_score as varchar(40)) as s_score,
       cast(level1 as varchar(40)) as level1,
       cast(level2 as varchar(40)) as level2,
       cast(level3 as varchar(40)) as level3,
       cast(level4 as varchar(40)) as level4,
       cast(level5 as varchar(40)) as level5
from (
  select counted.*, row_number() over (
    partition by case when older > 0 then 1 else 0 end order by n desc, school_year, asmt_id, subject_score_id
  ) as place
  from (
    select s.school_year, s.asmt_id, s.subject_score_id,
           sum(case when e.id is not null then 1 else 0 end) as n,
           sum(case when e.id is not null then cast(s.scale_score as decimal(14, 4)) end) as s_score,
           sum(case when e.id is not null and s.performance_level = 1 then 1 else 0 end) as level1,
           sum(case when e.id is not null and s.performance_level = 2 then 1 else 0 end) as level2,
           sum(case when e.id is not null and s.performance_level = 3 then 1 else 0 end) as level3,
           sum(case when e.id is not null and s.performance_level = 4 then 1 else 0 end) as level4,
           sum(case when e.id is not null and s.performance_level = 5 then 1 else 0 end) as level5,
           sum(case when e.id is not null and s.updated < cast(:previous as timestamptz) then 1 else 0 end) as older,
           sum(case when k.student_id is null then 1 else 0 end) as orphan
    from {{id:schema}}.{{id:table}} s
    left join {{id:schema}}.exam e
      on e.id = s.exam_id
     and e.student_id = s.student_id
     and e.asmt_id = s.asmt_id
     and e.school_year = s.school_year
    left join (select distinct student_id, asmt_id, school_year from {{id:schema}}.exam) k
      on k.student_id = s.student_id
     and k.asmt_id = s.asmt_id
     and k.school_year = s.school_year
    group by s.school_year, s.asmt_id, s.subject_score_id
  ) counted
  where n > 0
    and orphan = 0
) placed
where place <= 50
order by place, older desc;

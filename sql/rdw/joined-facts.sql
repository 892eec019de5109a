--! Purpose: as facts, of the staged rows whose exam counts: those that the swap inserts
--! Rerun: safe, reads only
--! Needs: the staging table, exam
--! Parameters: :from, :to, :some

select cast(s.school_year as varchar(8)) as school_year,
       cast(count(*) as varchar(40)) as n,
       cast(count(distinct s.exam_id) as varchar(40)) as exams,
       cast(sum(s.id) as varchar(40)) as s_id,
       cast(sum(s.performance_level) as varchar(40)) as s_level,
       cast(sum(cast(s.scale_score as decimal(14, 4))) as varchar(40)) as s_score,
       cast(sum(cast(floor(extract(epoch from s.completed_at)) as bigint)) as varchar(40)) as s_completed,
       cast(sum(cast(floor(extract(epoch from s.updated)) as bigint)) as varchar(40)) as s_updated,
       cast(sum(strtol(substring(md5(s.id::varchar || '|' || s.exam_id::varchar || '|' || s.subject_score_id::varchar
         || '|' || s.student_id::varchar || '|' || s.asmt_id::varchar || '|' || s.school_year::varchar
         || '|' || cast(s.scale_score as decimal(14, 4))::varchar || '|' || s.performance_level::varchar
         || '|' || cast(floor(extract(epoch from s.completed_at)) as bigint)::varchar
         || '|' || s.update_import_id::varchar), 1, 8), 16)) as varchar(40)) as fp
from {{id:schema}}.{{id:table}} s
join {{id:schema}}.exam e
  on e.id = s.exam_id
 and e.student_id = s.student_id
 and e.asmt_id = s.asmt_id
 and e.school_year = s.school_year
where s.updated >= cast(:from as timestamptz)
  and s.updated <= cast(:to as timestamptz)
  and (cast(:some as int) = 0 or s.exam_id in ({{lit:exams}}))
group by s.school_year;

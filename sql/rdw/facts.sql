--! Purpose: rows of a table of alt scores by school year: counts, sums and a fingerprint
--! Rerun: safe, reads only
--! Needs: exam_alt_score or its staging table
--! Parameters: :from, :to, :some

-- With :some 1, those of the listed exams. An instant without a zone would be one of the session's zone.
select cast(school_year as varchar(8)) as school_year,
       cast(count(*) as varchar(40)) as n,
       cast(count(distinct exam_id) as varchar(40)) as exams,
       cast(sum(id) as varchar(40)) as s_id,
       cast(sum(performance_level) as varchar(40)) as s_level,
       cast(sum(cast(scale_score as decimal(14, 4))) as varchar(40)) as s_score,
       cast(sum(cast(floor(extract(epoch from completed_at)) as bigint)) as varchar(40)) as s_completed,
       cast(sum(cast(floor(extract(epoch from updated)) as bigint)) as varchar(40)) as s_updated,
       cast(sum(strtol(substring(md5(id::varchar || '|' || exam_id::varchar || '|' || subject_score_id::varchar
         || '|' || student_id::varchar || '|' || asmt_id::varchar || '|' || school_year::varchar
         || '|' || cast(scale_score as decimal(14, 4))::varchar || '|' || performance_level::varchar
         || '|' || cast(floor(extract(epoch from completed_at)) as bigint)::varchar
         || '|' || update_import_id::varchar), 1, 8), 16)) as varchar(40)) as fp
from {{id:schema}}.{{id:table}}
where updated >= cast(:from as timestamptz)
  and updated <= cast(:to as timestamptz)
  and (cast(:some as int) = 0 or exam_id in ({{lit:exams}}))
group by school_year;

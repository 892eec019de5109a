--! Purpose: exams that the regular job has brought, by school year
--! Rerun: safe, reads only
--! Needs: exam
--! Parameters: :from, :to, :some

select cast(school_year as varchar(8)) as school_year,
       cast(count(*) as varchar(40)) as n,
       cast(sum(id) as varchar(40)) as s_id,
       cast(sum(strtol(substring(md5(id::varchar || '|' || student_id::varchar || '|' || asmt_id::varchar
         || '|' || school_year::varchar
         || '|' || cast(floor(extract(epoch from completed_at)) as bigint)::varchar
         || '|' || update_import_id::varchar), 1, 8), 16)) as varchar(40)) as fp
from {{id:schema}}.exam
where updated >= cast(:from as timestamptz)
  and updated <= cast(:to as timestamptz)
  and (cast(:some as int) = 0 or id in ({{lit:exams}}))
group by school_year;

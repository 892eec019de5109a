--! Purpose: whether a table holds what the backup held: its rows and their checksum
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: :rows, :checksum, :rows_name, :checksum_name

-- The sums of backup-checks.sql.
with facts as (
  select count(*) as total,
         coalesce(sum(strtol(substring(md5(
           id::varchar || '|' || exam_id::varchar || '|' || subject_score_id::varchar
             || '|' || student_id::varchar || '|' || asmt_id::varchar || '|' || school_year::varchar
             || '|' || scale_score::varchar || '|' || performance_level::varchar
             || '|' || (completed_at at time zone 'UTC')::varchar || '|' || migrate_id::varchar
             || '|' || (updated at time zone 'UTC')::varchar || '|' || update_import_id::varchar
         ), 1, 8), 16)), 0) as checksum
  from {{id:schema}}.{{id:table}}
)
select cast(:rows_name as varchar(40)) as name,
       cast(:rows as varchar(40)) as expected,
       total::varchar(40) as actual
from facts
union all
select cast(:checksum_name as varchar(40)) as name,
       cast(:checksum as varchar(40)) as expected,
       checksum::varchar(40) as actual
from facts;

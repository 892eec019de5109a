--! Purpose: whether the backup holds as many rows as the table, and the checksum a restore is compared with
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: :rows

-- Sums over all columns, in any order; instants as UTC, whatever the zone of the session.
with facts as (
  select count(*) as total,
         coalesce(sum(strtol(substring(md5(
           id::varchar || '|' || exam_id::varchar || '|' || subject_score_id::varchar
             || '|' || student_id::varchar || '|' || asmt_id::varchar || '|' || school_year::varchar
             || '|' || scale_score::varchar || '|' || performance_level::varchar
             || '|' || (completed_at at time zone 'UTC')::varchar || '|' || migrate_id::varchar
             || '|' || (updated at time zone 'UTC')::varchar || '|' || update_import_id::varchar
         ), 1, 8), 16)), 0) as checksum
  from {{id:schema}}.exam_alt_score
)
select 'backup rows' as name,
       cast(:rows as varchar(40)) as expected,
       total::varchar(40) as actual
from facts
union all
select 'backup checksum' as name,
       checksum::varchar(40) as expected,
       checksum::varchar(40) as actual
from facts;

--! Purpose: parts of the migration whose last word in the log is no end: never migrated, or failed since
--! Rerun: safe, reads only
--! Needs: clickstream_log_v2
--! Parameters: none

select 'parts of the migration that ended in the log' as name,
       '4' as expected,
       cast(count(*) as varchar(32)) as actual
from (
  select log_name
  from {{id:schema}}.clickstream_log_v2
  where log_name in ('sp_migrate_event_to_v2', 'sp_migrate_user_to_v2', 'sp_migrate_item_to_v2', 'sp_migrate_session_to_v2')
  group by log_name
  having max(case when log_level <> 'error'
                   and (log_msg like 'backfill %is done%' or log_msg like '----done---%')
                  then log_date end)
    >= coalesce(max(case when log_level = 'error' then log_date end), '1970-01-01'::timestamp)
) ended;

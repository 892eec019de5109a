--! Purpose: per part of the migration, the last end row and the last error row of the log since an instant
--! Rerun: safe, reads only
--! Needs: clickstream_log_v2
--! Parameters: :since

select log_name as name,
       to_char(max(case when log_level = 'error' then log_date end), 'YYYY-MM-DD HH24:MI:SS') as last_error,
       to_char(max(case when log_level <> 'error'
                         and (log_msg like 'backfill %is done%' or log_msg like '----done---%')
                        then log_date end), 'YYYY-MM-DD HH24:MI:SS') as last_end,
       cast(sum(case when log_level = 'error' then 1 else 0 end) as varchar(32)) as errors,
       max(case when log_level = 'error' then log_msg end) as message
from {{id:schema}}.clickstream_log_v2
where log_date >= :since::timestamp
group by log_name;

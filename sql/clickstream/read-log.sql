--! Purpose: rows of clickstream_log_v2 since an instant, and the warehouse's time
--! Rerun: safe, reads only
--! Needs: clickstream_log_v2
--! Parameters: :log_name, :since

select cast(id as varchar(32)) as id,
       log_level as level,
       log_msg as message,
       to_char(log_date, 'YYYY-MM-DD HH24:MI:SS') as logged_at
from {{id:schema}}.clickstream_log_v2
where log_name = :log_name
  and log_date >= :since::timestamp
union all
select '' as id,
       'clock' as level,
       '' as message,
       to_char(getdate(), 'YYYY-MM-DD HH24:MI:SS') as logged_at;

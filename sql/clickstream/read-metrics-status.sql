--! Purpose: the days of one application that were recalculated since an instant, by hand and not by the schedule
--! Rerun: safe, reads only
--! Needs: refresh_mv_sp_status
--! Parameters: :since

select to_char(refresh_date, 'YYYY-MM-DD') as day
from {{id:schema}}.refresh_mv_sp_status
where triggerred_by = 'MANUALLY'
  and refresh_name = 'clickstream_device_user_device_sp'
  and log_date >= :since::timestamp
group by refresh_date;

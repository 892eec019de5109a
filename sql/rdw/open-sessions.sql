--! Purpose: open sessions of an application
--! Rerun: safe, reads only
--! Needs: sys_session_history, sys_connection_log (superusers only)
--! Parameters: :application

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_CONNECTION_LOG.html
select distinct cast(s.session_id as varchar(32)) as session_id
from sys_session_history s
join sys_connection_log c
  on c.session_id = s.session_id
 and c.record_time >= s.start_time
where s.status = 'active'
  and trim(c.application_name) = :application;

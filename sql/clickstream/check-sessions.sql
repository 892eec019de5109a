--! Purpose: sessions of event_v2 that are missing in session
--! Rerun: safe, reads only
--! Needs: event_v2, session
--! Parameters: none

select 'sessions that are missing in session' as name,
       '0' as expected,
       cast(count(*) as varchar(32)) as actual
from (
  select distinct user_pseudo_id,
         session_id
  from {{id:schema}}.event_v2
  where session_id is not null
) e
left join {{id:schema}}.session s
  on s.user_pseudo_id = e.user_pseudo_id
 and s.session_id = e.session_id
where s.session_id is null;

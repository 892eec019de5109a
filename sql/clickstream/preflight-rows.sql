--! Purpose: how many legacy events the window holds, how old they are, and how many would make the procedure loop
--! Rerun: safe, reads only
--! Needs: event
--! Parameters: :days

select cast(count(*) as varchar(32)) as events,
       to_char(min(timestamp 'epoch' + (event_timestamp / 1000) * interval '1 second'), 'YYYY-MM-DD HH24:MI:SS') as oldest,
       to_char(max(timestamp 'epoch' + (event_timestamp / 1000) * interval '1 second'), 'YYYY-MM-DD HH24:MI:SS') as newest,
       cast(sum(case when event_id is null then 1 else 0 end) as varchar(32)) as without_id,
       cast(sum(case when event_name is null or user_pseudo_id is null or project_id is null
                      or app_info is null or strpos(json_serialize(app_info), '"app_id"') = 0 then 1 else 0 end) as varchar(32)) as without_required
from {{id:schema}}.event
where event_timestamp >= (extract(epoch from getdate()) - :days::bigint * 86400) * 1000;

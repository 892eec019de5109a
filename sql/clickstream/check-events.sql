--! Purpose: legacy events of the window that are missing in event_v2, compared by id
--! Rerun: safe, reads only
--! Needs: event, event_v2
--! Parameters: :days

select 'events of the window that are missing in event_v2' as name,
       '0' as expected,
       cast(count(distinct e.event_id) as varchar(32)) as actual
from {{id:schema}}.event e
left join {{id:schema}}.event_v2 v
  on v.event_id = e.event_id
where e.event_timestamp >= (extract(epoch from getdate()) - :days::bigint * 86400) * 1000
  and e.event_id is not null
  and v.event_id is null;

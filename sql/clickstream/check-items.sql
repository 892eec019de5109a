--! Purpose: items of legacy events of the window that are missing in item_v2
--! Rerun: safe, reads only
--! Needs: event, item, item_v2
--! Parameters: :days

select 'items of the window that are missing in item_v2' as name,
       '0' as expected,
       cast(count(*) as varchar(32)) as actual
from (
  select distinct e.event_id,
         e.event_timestamp,
         cast(i.id as varchar(255)) as item_id
  from {{id:schema}}.event e,
       e.items i
  where e.event_timestamp >= (extract(epoch from getdate()) - :days::bigint * 86400) * 1000
    and i.id is not null
) c
join {{id:schema}}.item l
  on l.id = c.item_id
 and l.event_timestamp = c.event_timestamp
left join {{id:schema}}.item_v2 v
  on v.event_id = c.event_id
 and v.item_id = c.item_id
where v.item_id is null;

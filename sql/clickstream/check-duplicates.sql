--! Purpose: migrated events that stand more often in event_v2 than in the legacy table
--! Rerun: safe, reads only
--! Needs: event, event_v2
--! Parameters: :days

select 'events that were migrated more than once' as name,
       '0' as expected,
       cast(count(*) as varchar(32)) as actual
from (
  select event_id,
         count(*) as copies
  from {{id:schema}}.event
  group by event_id
  having max(event_timestamp) >= (extract(epoch from getdate()) - :days::bigint * 86400) * 1000
) e
join (
  select event_id,
         count(*) as copies
  from {{id:schema}}.event_v2
  where strpos(json_serialize(process_info), '"backfill_') > 0
  group by event_id
) v
  on v.event_id = e.event_id
where v.copies > e.copies;

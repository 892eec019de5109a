--! Purpose: migrated events of the window that the base view of the reports does not have
--! Rerun: safe, reads only
--! Needs: event_v2, clickstream_event_base_view
--! Parameters: :days

select 'events of the window that are missing in the base view' as name,
       '0' as expected,
       cast(count(distinct v.event_id) as varchar(32)) as actual
from {{id:schema}}.event_v2 v
left join {{id:schema}}.clickstream_event_base_view b
  on b.event_id = v.event_id
where v.event_timestamp >= getdate() - :days::integer * interval '1 day'
  and strpos(json_serialize(v.process_info), '"backfill_') > 0
  and b.event_id is null;

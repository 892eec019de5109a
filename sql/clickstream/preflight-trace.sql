--! Purpose: unfinished rows of the backfill trace, and whether the legacy table still has their span
--! Rerun: safe, reads only
--! Needs: tmp_backfill_trace, event
--! Parameters: none

select cast(count(*) as varchar(32)) as unfinished,
       cast(sum(case when e.events is null then 1 else 0 end) as varchar(32)) as without_data
from {{id:schema}}.tmp_backfill_trace t
left join (
  select t2.min_event_timestamp as low,
         t2.max_event_timestamp as high,
         count(*) as events
  from {{id:schema}}.tmp_backfill_trace t2
  join {{id:schema}}.event v
    on v.event_timestamp >= t2.min_event_timestamp
   and v.event_timestamp <= t2.max_event_timestamp
  where t2.status <> 'done'
  group by t2.min_event_timestamp, t2.max_event_timestamp
) e
  on e.low = t.min_event_timestamp
 and e.high = t.max_event_timestamp
where t.status <> 'done';

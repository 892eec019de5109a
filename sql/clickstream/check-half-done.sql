--! Purpose: half-migrated users, items and sessions: begun, never ended
--! Rerun: safe, reads only
--! Needs: user_v2, item_v2, session
--! Parameters: none

select 'half-migrated ' || part as name,
       '0' as expected,
       cast(sum(half) as varchar(32)) as actual
from (
  select 'users' as part,
         case when strpos(json_serialize(process_info), '"backfill_start_time"') > 0
               and strpos(json_serialize(process_info), '"backfill_end_time"') = 0 then 1 else 0 end as half
  from {{id:schema}}.user_v2
  union all
  select 'items' as part,
         case when strpos(json_serialize(process_info), '"backfill_start_time"') > 0
               and strpos(json_serialize(process_info), '"backfill_end_time"') = 0 then 1 else 0 end as half
  from {{id:schema}}.item_v2
  union all
  select 'sessions' as part,
         case when strpos(json_serialize(process_info), '"backfill_start_time"') > 0
               and strpos(json_serialize(process_info), '"backfill_end_time"') = 0 then 1 else 0 end as half
  from {{id:schema}}.session
) parts
group by part;

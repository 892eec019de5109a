--! Purpose: legacy tables, views and procedures of one application that are still there after the clean-up
--! Rerun: safe, reads only
--! Needs: catalog tables
--! Parameters: :schema_name

select 'legacy objects that are left' as name,
       '0' as expected,
       cast(count(*) as varchar(32)) as actual
from (
  select c.oid
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = :schema_name
    and c.relname in ('event', 'event_parameter', 'item', 'user', 'user_m_view', 'item_m_view', 'tmp_backfill_trace')
  union all
  select p.oid
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = :schema_name
    and p.proname in ('sp_migrate_event_to_v2', 'sp_migrate_item_to_v2', 'sp_clear_expired_events', 'sp_migrate_data_to_v2',
                      'sp_migrate_user_to_v2', 'sp_migrate_session_to_v2', 'sp_clear_item_and_user')
) remaining;

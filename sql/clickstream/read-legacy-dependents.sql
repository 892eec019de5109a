--! Purpose: views that need a legacy table or view of one application, by dependency or, where they are bound late, by their text
--! Rerun: safe, reads only
--! Needs: catalog tables (of a view whose text the user may not see, only the dependency is found)
--! Parameters: :schema_name

select cast(n.nspname as varchar(128)) as schema_name,
       cast(v.relname as varchar(128)) as name,
       cast(t.relname as varchar(128)) as needs
from pg_depend d
join pg_rewrite r on r.oid = d.objid
join pg_class v on v.oid = r.ev_class
join pg_namespace n on n.oid = v.relnamespace
join pg_class t on t.oid = d.refobjid
join pg_namespace s on s.oid = t.relnamespace
where s.nspname = :schema_name
  and t.relname in ('event', 'event_parameter', 'item', 'user', 'user_m_view', 'item_m_view', 'tmp_backfill_trace')
  and v.oid <> t.oid
union
select cast(w.schemaname as varchar(128)) as schema_name,
       cast(w.viewname as varchar(128)) as name,
       'text' as needs
from pg_views w
where w.schemaname not in ('pg_catalog', 'information_schema')
  and replace(lower(w.definition), '"', '')
    ~ ('[^a-z0-9_]' || :schema_name || '[.](event|event_parameter|item|user|user_m_view|item_m_view|tmp_backfill_trace)([^a-z0-9_]|$)');

--! Purpose: the tables, views and procedures of one application's schema, with their owners
--! Rerun: safe, reads only
--! Needs: catalog tables
--! Parameters: :schema_name

select 'relation' as kind,
       cast(c.relname as varchar(128)) as name,
       cast(pg_get_userbyid(c.relowner) as varchar(128)) as owner,
       cast(current_user as varchar(128)) as me
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema_name
union all
select 'procedure' as kind,
       cast(p.proname as varchar(128)) as name,
       cast(pg_get_userbyid(p.proowner) as varchar(128)) as owner,
       cast(current_user as varchar(128)) as me
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where n.nspname = :schema_name;

--! Purpose: the columns of all tables and views of one application's schema
--! Rerun: safe, reads only
--! Needs: catalog tables
--! Parameters: :schema_name

select cast(c.relname as varchar(128)) as relation,
       cast(a.attname as varchar(128)) as name
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid
where n.nspname = :schema_name
  and c.relkind in ('r', 'v', 'm')
  and a.attnum > 0
  and not a.attisdropped;

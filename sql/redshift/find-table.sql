--! Purpose: whether a table is there
--! Rerun: safe, reads only
--! Needs: pg_class, pg_namespace
--! Parameters: :schema, :table

-- The catalog, because no view of it may hide a table that its reader has no right on.
select count(*) as total
from pg_class as relation
join pg_namespace as place on place.oid = relation.relnamespace
where place.nspname = :schema
  and relation.relname = :table
  and relation.relkind = 'r';

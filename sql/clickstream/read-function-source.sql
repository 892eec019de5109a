--! Purpose: what one function was before it is replaced: its source and the names of its arguments
--! Rerun: safe, reads only
--! Needs: catalog tables
--! Parameters: :schema_name, :function_name

select cast(l.lanname as varchar(128)) as language,
       cast(oidvectortypes(p.proargtypes) as varchar(1024)) as arguments,
       coalesce(array_to_string(p.proargnames, ','), '') as argument_names,
       cast(p.provolatile as varchar(1)) as volatility,
       p.prosrc as source
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_language l on l.oid = p.prolang
where n.nspname = :schema_name
  and p.proname = :function_name;

--! Purpose: the functions of one application's schema: language, owner, argument types
--! Rerun: safe, reads only
--! Needs: catalog tables
--! Parameters: :schema_name

select cast(p.proname as varchar(128)) as name,
       cast(l.lanname as varchar(128)) as language,
       cast(pg_get_userbyid(p.proowner) as varchar(128)) as owner,
       cast(oidvectortypes(p.proargtypes) as varchar(1024)) as arguments
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_language l on l.oid = p.prolang
where n.nspname = :schema_name;

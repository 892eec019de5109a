--! Purpose: what the calling user may do in the schemas of several tenants
--! Rerun: safe, reads only
--! Needs: catalog tables
--! Parameters: :schemas

select cast(n.nspname as varchar(128)) as schema_name,
       cast(current_user as varchar(128)) as me,
       cast(pg_get_userbyid(c.relowner) as varchar(128)) as owner,
       case when has_schema_privilege(n.nspname, 'create') then 1 else 0 end as may_create,
       case when has_table_privilege(c.oid, 'select') then 1 else 0 end as may_select,
       case when has_table_privilege(c.oid, 'insert') then 1 else 0 end as may_insert,
       case when has_table_privilege(c.oid, 'delete') then 1 else 0 end as may_delete
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where position(',' || n.nspname || ',' in :schemas) > 0
  and c.relname = 'exam_alt_score'
  and c.relkind = 'r'
order by n.nspname;

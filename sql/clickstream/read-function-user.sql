--! Purpose: who runs this statement, whether a superuser, and whether a schema is open for new objects
--! Rerun: safe, reads only
--! Needs: catalog tables
--! Parameters: :schema_name

select cast(u.usename as varchar(128)) as me,
       case when u.usesuper then 'yes' else 'no' end as superuser,
       case when has_schema_privilege(current_user, cast(:schema_name as varchar(128)), 'create') then 'yes' else 'no' end as may_create
from pg_user u
where u.usename = current_user;

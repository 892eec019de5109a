--! Purpose: the privileges on external functions that a user who is no superuser sees: its own, and those of its roles
--! Rerun: safe, reads only
--! Needs: svv_system_privileges, svv_language_privileges
--! Parameters: none

select cast(system_privilege as varchar(128)) as privilege,
       cast(identity_name as varchar(128)) as identity
from svv_system_privileges
where system_privilege in ('CREATE EXTERNAL FUNCTION', 'CREATE OR REPLACE EXTERNAL FUNCTION')
union all
select cast(privilege_type as varchar(128)) || ' on language exfunc' as privilege,
       cast(identity_name as varchar(128)) as identity
from svv_language_privileges
where language_name = 'exfunc'
  and privilege_type = 'USAGE';

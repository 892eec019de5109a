--! Purpose: the roles that are active in this session (MySQL 8 and later)
--! Rerun: safe, reads only
--! Needs: nothing
--! Parameters: none

select current_role() as active;

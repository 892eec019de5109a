--! Purpose: who the session is to the server (MySQL)
--! Rerun: safe, reads only
--! Needs: nothing
--! Parameters: none

select current_user() as user;

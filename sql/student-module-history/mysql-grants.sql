--! Purpose: what the calling user may do (MySQL)
--! Rerun: safe, reads only
--! Needs: nothing
--! Parameters: none

show grants;

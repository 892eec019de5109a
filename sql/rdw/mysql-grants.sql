--! Purpose: what the calling user may do, its roles included (MySQL)
--! Rerun: safe, reads only
--! Needs: nothing
--! Parameters: none

show grants;

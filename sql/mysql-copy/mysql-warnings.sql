--! Purpose: what the server minded about the last statement
--! Rerun: safe, reads only
--! Needs: nothing
--! Parameters: none
-- MySQL.
show warnings

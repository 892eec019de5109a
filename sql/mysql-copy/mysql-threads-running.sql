--! Purpose: how many threads of the server work
--! Rerun: safe, reads only
--! Needs: nothing
--! Parameters: none
-- MySQL.
show global status like 'Threads_running'

--! Purpose: a table that somebody uses is waited for some seconds (MySQL)
--! Rerun: safe, changes the session only
--! Needs: nothing
--! Parameters: :seconds

set session lock_wait_timeout = :seconds;

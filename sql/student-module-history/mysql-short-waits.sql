--! Purpose: a lock that somebody holds is waited for one second (MySQL)
--! Rerun: safe, changes the session only
--! Needs: nothing
--! Parameters: none

set session innodb_lock_wait_timeout = 1;

--! Purpose: have information_schema read from the engine and not from a cache of a day (MySQL 8 and later)
--! Rerun: safe, changes the session only
--! Needs: nothing; other servers have no such cache and refuse it
--! Parameters: none

-- https://dev.mysql.com/doc/refman/8.0/en/server-system-variables.html#sysvar_information_schema_stats_expiry
set session information_schema_stats_expiry = 0;

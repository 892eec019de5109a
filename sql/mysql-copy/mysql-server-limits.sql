--! Purpose: the longest statement the server takes, and whether inserting rows of a query keeps others from inserting
--! Rerun: safe, reads only
--! Needs: nothing
--! Parameters: none
-- MySQL. https://dev.mysql.com/doc/refman/8.0/en/innodb-auto-increment-handling.html
select @@max_allowed_packet as packet_bytes,
       @@innodb_autoinc_lock_mode as autoinc_lock_mode

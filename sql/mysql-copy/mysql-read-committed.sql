--! Purpose: reading locks no row of the source, and keeps no old versions of rows
--! Rerun: safe, changes the session only
--! Needs: nothing
--! Parameters: none
-- MySQL. https://dev.mysql.com/doc/refman/8.0/en/innodb-consistent-read.html
set session transaction isolation level read committed

--! Purpose: all readings of one transaction see the warehouse as it was at the first of them (MySQL)
--! Rerun: safe, changes the session only
--! Needs: nothing
--! Parameters: none

set session transaction isolation level repeatable read;

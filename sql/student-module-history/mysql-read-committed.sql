--! Purpose: locks are held on rows that are found, and on no gaps (MySQL)
--! Rerun: safe, changes the session only
--! Needs: nothing
--! Parameters: none

set session transaction isolation level read committed;

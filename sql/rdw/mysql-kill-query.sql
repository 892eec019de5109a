--! Purpose: end a statement that the run has begun itself
--! Rerun: safe, a session that is gone or idle is left as it is
--! Needs: nothing for sessions of the same user
--! Parameters: :id
-- MySQL.
kill query :id

--! Purpose: end an idle session that the run has opened itself and that still holds its lock
--! Rerun: safe, a session that is gone is no error
--! Needs: nothing for sessions of the same user
--! Parameters: :id
-- MySQL.
kill connection :id

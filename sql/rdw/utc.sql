--! Purpose: times without a zone are UTC for the rest of the session
--! Rerun: safe, sets one setting of the session
--! Needs: nothing
--! Parameters: none

-- A user or a database may have another zone as its own.
set timezone to 'UTC';

--! Purpose: find the session that holds the lock of a run and tenant, or executes a statement with its comment
--! Rerun: safe, reads only
--! Needs: information_schema.processlist, which shows a user its own sessions
--! Parameters: :lock, :comment
-- MySQL.
select id, command
from information_schema.processlist
where id = is_used_lock(:lock)
  or left(info, char_length(:comment)) = :comment

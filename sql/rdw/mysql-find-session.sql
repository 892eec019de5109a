--! Purpose: whether a session executes a statement that opens with a comment
--! Rerun: safe, reads only
--! Needs: information_schema.processlist, which shows a user its own sessions
--! Parameters: :id, :comment
-- MySQL.
select id
from information_schema.processlist
where id = :id
  and left(info, char_length(:comment)) = :comment

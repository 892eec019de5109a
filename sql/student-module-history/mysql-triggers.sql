--! Purpose: triggers of a table, which would change what is copied (MySQL)
--! Rerun: safe, reads only
--! Needs: information_schema; the right TRIGGER, without which none is seen
--! Parameters: :database, :table

select t.trigger_name as name
from information_schema.triggers t
where t.event_object_schema = :database
  and t.event_object_table = :table;

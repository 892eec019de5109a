--! Purpose: columns of two relations that are compared
--! Rerun: safe, reads only
--! Needs: right to see them
--! Parameters: :database, :name

select name as column,
       type
from system.columns
where database = :database
  and table = :name

--! Purpose: changes of tables that are not done, with why the last attempt failed
--! Rerun: safe, reads only
--! Needs: right to read system.mutations
--! Parameters: :databases

select database,
       table as name,
       count() as open,
       substring(any(latest_fail_reason), 1, 200) as reason
from system.mutations
where is_done = 0
  and has(:databases, database)
group by database, table

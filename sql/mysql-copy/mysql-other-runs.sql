--! Purpose: copies of other runs that write keys of this range into this table, by how long ago they were seen
--! Rerun: safe, reads only
--! Needs: upgrade_runbooks_copy
--! Parameters: :run, :table, :lo, :hi
-- MySQL. Without a lock: workers of this run hold theirs for a whole chunk.
select run_id as run,
       range_name as name,
       execution_arn as execution,
       timestampdiff(second, updated_at, utc_timestamp(6)) as age
from {{id:database}}.upgrade_runbooks_copy
where run_id <> :run
  and table_name = :table
  and phase = 'copy'
  and done = 0
  and lo <= :hi
  and hi >= :lo
order by updated_at desc

--! Purpose: whoever copied this range in another run, and was not seen for long, may write nothing more
--! Rerun: safe, a fence only grows
--! Needs: upgrade_runbooks_copy
--! Parameters: :run, :table, :lo, :hi
-- MySQL.
update {{id:database}}.upgrade_runbooks_copy
set fence = fence + 1
where run_id <> :run
  and table_name = :table
  and phase = 'copy'
  and done = 0
  and lo <= :hi
  and hi >= :lo

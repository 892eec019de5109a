--! Purpose: from now on only the one who asks moves the checkpoint
--! Rerun: safe, its caller holds the row
--! Needs: upgrade_runbooks_copy
--! Parameters: :run, :range, :phase, :execution
-- MySQL.
update {{id:database}}.upgrade_runbooks_copy
set fence = fence + 1,
    execution_arn = :execution,
    updated_at = utc_timestamp(6)
where run_id = :run
  and range_name = :range
  and phase = :phase

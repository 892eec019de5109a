--! Purpose: the copy rests and is alive; and how long a commit takes
--! Rerun: safe, it only says so once more
--! Needs: upgrade_runbooks_copy
--! Parameters: :run, :range, :phase, :fence, :paused
-- MySQL.
update {{id:database}}.upgrade_runbooks_copy
set paused = :paused,
    updated_at = utc_timestamp(6)
where run_id = :run
  and range_name = :range
  and phase = :phase
  and fence = :fence

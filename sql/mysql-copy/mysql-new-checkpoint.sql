--! Purpose: a range nobody has begun
--! Rerun: safe, a second one is refused by the primary key
--! Needs: upgrade_runbooks_copy
--! Parameters: :run, :range, :phase, :execution, :table, :lo, :hi, :before, :ddl
-- MySQL.
insert into {{id:database}}.upgrade_runbooks_copy
  (run_id, range_name, phase, execution_arn, table_name, lo, hi, verified_to, chunk_after, fence, chunk, row_count,
   inserted, byte_count, crc_xor, md5_sum, seconds, paused, ddl_hash, done, updated_at)
values
  (:run, :range, :phase, :execution, :table, :lo, :hi, :before, :before, 1, 0, 0,
   0, 0, 0, 0, 0, '{}', :ddl, 0, utc_timestamp(6))

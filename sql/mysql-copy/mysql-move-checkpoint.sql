--! Purpose: one more chunk is verified
--! Rerun: safe, its caller holds the row and has compared the fence
--! Needs: upgrade_runbooks_copy
--! Parameters: :run, :range, :phase, :fence, :to, :after, :rows, :inserted, :bytes, :crc, :md5, :millis, :paused, :done
-- MySQL.
update {{id:database}}.upgrade_runbooks_copy
set verified_to = :to,
    chunk_after = :after,
    chunk = chunk + 1,
    row_count = row_count + :rows,
    inserted = inserted + :inserted,
    byte_count = byte_count + :bytes,
    crc_xor = crc_xor ^ :crc,
    md5_sum = md5_sum + :md5,
    seconds = seconds + :millis / 1000,
    paused = :paused,
    done = :done,
    updated_at = utc_timestamp(6)
where run_id = :run
  and range_name = :range
  and phase = :phase
  and fence = :fence

--! Purpose: the checkpoint of a range, for whoever is about to move it
--! Rerun: safe, locks one row until the transaction ends
--! Needs: upgrade_runbooks_copy
--! Parameters: :run, :range, :phase
-- MySQL.
select cast(lo as char) as lo,
       cast(hi as char) as hi,
       cast(verified_to as char) as verified_to,
       cast(chunk_after as char) as chunk_after,
       cast(fence as char) as fence,
       cast(chunk as char) as chunk,
       cast(row_count as char) as row_count,
       cast(inserted as char) as inserted,
       cast(byte_count as char) as byte_count,
       cast(crc_xor as char) as crc_xor,
       cast(md5_sum as char) as md5_sum,
       seconds,
       paused,
       execution_arn,
       ddl_hash,
       done,
       timestampdiff(second, updated_at, utc_timestamp(6)) as age
from {{id:database}}.upgrade_runbooks_copy
where run_id = :run
  and range_name = :range
  and phase = :phase
for update

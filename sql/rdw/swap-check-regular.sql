--! Purpose: end the transaction if rows have come since the backup
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: :migrate_id, :high

-- The parameters are the newest row of table migrate, and the high-water mark, when the backup was made.
-- What a regular job has brought since, and what a later back-fill has made of it, nobody would bring again:
-- the job's next window begins behind it. Rows of earlier jobs may be there although the backup has them
-- not: an earlier restore has brought them back.
-- A number that is none ends the transaction: its text says why.
select cast(
  case
    when count(*) > 0
      then count(*)::varchar || ' rows came from the regular job since the backup, and would be lost'
    else '0'
  end as integer
) as passed
from {{id:schema}}.exam_alt_score
where migrate_id > :migrate_id::bigint
  or updated > cast(:high as timestamp) at time zone 'UTC';

--! Purpose: end the transaction if a regular job has loaded rows since the backup
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: :migrate_id

-- The parameter is the id of the newest row of table migrate when the backup was made.
-- The job's next window begins behind them: nobody would bring them again. Rows of earlier
-- jobs may be there although the backup has them not: an earlier restore has brought them back.
-- A number that is none ends the transaction: its text says why.
select cast(
  case
    when count(*) > 0
      then count(*)::varchar || ' rows came from the regular job since the backup, and would be lost'
    else '0'
  end as integer
) as passed
from {{id:schema}}.exam_alt_score
where migrate_id > :migrate_id::bigint;

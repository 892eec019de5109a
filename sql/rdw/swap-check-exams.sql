--! Purpose: end the transaction if a regular job has brought exams since its newest row that is known
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: :migrate_id

-- The parameter is the id of the newest row of table migrate when the high-water mark was taken. Rows that
-- were read before may be stale since, and the job's next window begins behind them: nothing would heal.
-- A number that is none ends the transaction: its text says why.
select cast(
  case
    when count(*) > 0
      then count(*)::varchar || ' exams came from a regular job since then: a job has run'
    else '0'
  end as integer
) as passed
from {{id:schema}}.exam
where migrate_id > :migrate_id::bigint;

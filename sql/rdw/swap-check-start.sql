--! Purpose: end the transaction if rows are older than what was extracted
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: :start

-- A number that is none ends the transaction: its text says why.
select cast(
  case
    when count(*) > 0
      then count(*)::varchar || ' rows were updated before the start, and would be lost: start earlier'
    else '0'
  end as integer
) as passed
from {{id:schema}}.exam_alt_score
where updated < cast(:start as timestamp) at time zone 'UTC';

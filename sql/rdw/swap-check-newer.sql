--! Purpose: end the transaction if rows are newer than what was extracted
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: :high

-- A number that is none ends the transaction: its text says why.
select cast(
  case
    when count(*) > 0
      then count(*)::varchar || ' rows were updated after the high-water mark, and would be lost: another regular job has to complete first'
    else '0'
  end as integer
) as passed
from {{id:schema}}.exam_alt_score
where updated > cast(:high as timestamp) at time zone 'UTC';

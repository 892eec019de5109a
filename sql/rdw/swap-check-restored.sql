--! Purpose: end the transaction unless the table holds as many rows as were staged
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: :rows

-- A number that is none ends the transaction: its text says why.
select cast(
  case
    when count(*) <> cast(:rows as bigint)
      then count(*)::varchar || ' rows were inserted, not the number in the backup'
    else '0'
  end as integer
) as passed
from {{id:schema}}.exam_alt_score;

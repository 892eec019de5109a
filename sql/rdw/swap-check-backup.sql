--! Purpose: end the transaction unless the table holds as many rows as its backup
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: :rows_backed_up

-- A number that is none ends the transaction: its text says why.
select cast(
  case
    when count(*) <> cast(:rows_backed_up as bigint)
      then count(*)::varchar || ' rows are there, not the number in the backup: somebody wrote to the table'
    else '0'
  end as integer
) as passed
from {{id:schema}}.exam_alt_score;

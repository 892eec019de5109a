--! Purpose: end the transaction unless the staging table holds the rows that were proven
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: :rows

-- A number that is none ends the transaction: its text says why.
select cast(
  case
    when count(*) <> cast(:rows as bigint)
      then count(*)::varchar || ' rows are staged, not the number that was loaded and compared'
    else '0'
  end as integer
) as passed
from {{id:schema}}.{{id:staging}};

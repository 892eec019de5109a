--! Purpose: end the transaction if nothing staged would replace what is there
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: none

-- A number that is none ends the transaction: its text says why.
select cast(
  case
    when target.total > 0 and loaded.total = 0
      then target.total::varchar || ' rows are there, and none is staged: the table would be emptied'
    else '0'
  end as integer
) as passed
from (select count(*) as total from {{id:schema}}.exam_alt_score) as target
cross join (select count(*) as total from {{id:schema}}.{{id:staging}}) as loaded;

--! Purpose: end the transaction if a regular job has loaded rows since the backup
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: none

-- Its next window begins behind them: nobody would bring them again.
-- A number that is none ends the transaction: its text says why.
select cast(
  case
    when count(*) > 0
      then count(*)::varchar || ' rows came from the regular job since the backup, and would be lost'
    else '0'
  end as integer
) as passed
from {{id:schema}}.exam_alt_score as present
left join {{id:schema}}.{{id:staging}} as loaded
  on loaded.id = present.id
  and loaded.migrate_id = present.migrate_id
where present.migrate_id <> -1
  and loaded.id is null;

--! Purpose: copies into a table that may still be under way: whoever is silent for so long has ended (MySQL)
--! Rerun: safe, reads only
--! Needs: upgrade_runbooks_copy
--! Parameters: :run, :copied, :seconds

select c.run_id as run,
       max(c.execution_arn) as execution,
       min(timestampdiff(second, c.updated_at, utc_timestamp(6))) as age
from {{id:database}}.upgrade_runbooks_copy c
where c.run_id <> :run
  and c.table_name = :copied
  and c.phase = 'copy'
  and c.done = 0
group by c.run_id
having age < :seconds;

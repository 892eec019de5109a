--! Purpose: which ids each run has copied into a table, the newest run first (MySQL)
--! Rerun: safe, reads only
--! Needs: upgrade_runbooks_copy
--! Parameters: :copied

select c.run_id as run_id,
       min(c.lo) as lo,
       max(c.verified_to) as hi
from {{id:database}}.upgrade_runbooks_copy c
where c.phase = 'copy'
  and c.table_name = :copied
group by c.run_id
order by max(c.updated_at) desc;

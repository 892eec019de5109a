--! Purpose: which ids a run has compared to the end (MySQL)
--! Rerun: safe, reads only
--! Needs: upgrade_runbooks_copy
--! Parameters: :run, :copied

select c.lo as lo,
       c.hi as hi,
       c.row_count as row_count
from {{id:database}}.upgrade_runbooks_copy c
where c.run_id = :run
  and c.phase = 'verify'
  and c.table_name = :copied
  and c.done = 1
order by c.lo;

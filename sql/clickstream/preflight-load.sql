--! Purpose: how many statements of this user run and wait on the warehouse right now, without those of one run
--! Rerun: safe, reads only
--! Needs: sys_query_history (a user who is no superuser sees its own statements)
--! Parameters: :since, :own

select cast(sum(case when status = 'running' then 1 else 0 end) as varchar(32)) as running,
       cast(sum(case when status = 'queued' then 1 else 0 end) as varchar(32)) as queued
from sys_query_history
where start_time >= :since::timestamp
  and status in ('running', 'queued')
  and strpos(query_text, :own) <> 1;

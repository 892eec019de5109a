--! Purpose: what this user's statements do on the warehouse right now
--! Rerun: safe, reads only
--! Needs: sys_query_history (a user who is no superuser sees its own statements)
--! Parameters: :since

select cast(sum(case when status = 'running' then 1 else 0 end) as varchar(32)) as running,
       cast(sum(case when status = 'queued' then 1 else 0 end) as varchar(32)) as queued,
       cast(sum(case when status in ('running', 'queued') and lower(query_text) like '%call %sp_migrate_%' then 1 else 0 end) as varchar(32)) as migrations
from sys_query_history
where start_time >= :since::timestamp
  and status in ('running', 'queued')
  and strpos(query_text, 'sys_query_history') = 0;

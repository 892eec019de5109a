--! Purpose: migration procedures of one application that run already, without those of one run
--! Rerun: safe, reads only
--! Needs: sys_query_history (a user who is no superuser sees its own statements)
--! Parameters: :since, :own, :schema_name

select cast(count(*) as varchar(32)) as migrations
from sys_query_history
where start_time >= :since::timestamp
  and status in ('running', 'queued')
  and strpos(query_text, :own) <> 1
  and strpos(query_text, 'sys_query_history') = 0
  and strpos(replace(lower(query_text), '"', ''), :schema_name || '.sp_migrate_') > 0;

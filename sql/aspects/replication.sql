--! Purpose: entries of a cluster's queues that are stuck
--! Rerun: safe, reads only
--! Needs: a cluster; right to read its system tables
--! Parameters: :databases

select database,
       table as name,
       toString(queue_size) as queued,
       toString(absolute_delay) as behind,
       is_readonly as read_only
from system.replicas
where has(:databases, database)
  and (is_readonly or queue_size > 100 or absolute_delay > 300)

--! Purpose: statements for all nodes of a cluster that some node has not finished
--! Rerun: safe, reads only
--! Needs: a cluster with its coordination service
--! Parameters: :cluster

select host,
       status,
       substring(query, 1, 120) as statement
from system.distributed_ddl_queue
where cluster = :cluster
  and status not in ('Finished')
  and query_create_time < now() - 60
limit 20

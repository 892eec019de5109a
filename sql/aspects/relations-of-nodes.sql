--! Purpose: on how many nodes of a cluster each relation is
--! Rerun: safe, reads only
--! Needs: a cluster
--! Parameters: :databases

select database,
       name,
       toString(count()) as nodes,
       (select toString(count()) from clusterAllReplicas({{lit:cluster}}, system.one)) as all_nodes
from clusterAllReplicas({{lit:cluster}}, system.tables)
where has(:databases, database)
group by database, name

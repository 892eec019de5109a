--! Purpose: work on the data model that runs right now: statements of dbt and of Alembic
--! Rerun: safe, reads only
--! Needs: right to read system.processes
--! Parameters: none

select user,
       toString(round(elapsed)) as seconds,
       extract(query, '"node_id": "([^"]+)"') as node
from system.processes
where query_id != queryID()
  and (query like '%"app": "dbt"%' or query ilike '%alembic_version%')
  and user not in ('')
limit 20

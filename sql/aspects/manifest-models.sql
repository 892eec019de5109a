--! Purpose: models of the state that dbt has left behind, with what each is made as
--! Rerun: safe, reads only
--! Needs: the table that dbt's script keeps; it replaces rows when parts merge, so that it is read with final
--! Parameters: none

select tupleElement(node, 1) as id,
       JSONExtractString(tupleElement(node, 2), 'schema') as database,
       coalesce(nullIf(JSONExtractString(tupleElement(node, 2), 'alias'), ''), JSONExtractString(tupleElement(node, 2), 'name')) as name,
       JSONExtractString(tupleElement(node, 2), 'config', 'materialized') as materialized
from (
  select arrayJoin(JSONExtractKeysAndValuesRaw(content, 'nodes')) as node
  from {{id:event_sink}}.aspects_data final
  where endsWith(path, 'manifest.json')
)
where JSONExtractString(tupleElement(node, 2), 'resource_type') = 'model'
  and JSONExtractBool(tupleElement(node, 2), 'config', 'enabled')
  and JSONExtractString(tupleElement(node, 2), 'config', 'materialized') != 'ephemeral'
order by id

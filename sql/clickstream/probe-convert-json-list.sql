--! Purpose: ordinary values and what convert_json_list must answer; the task compares the answers as JSON
--! Rerun: safe, reads only
--! Needs: convert_json_list
--! Parameters: none

select name,
       expected,
       {{id:schema}}.convert_json_list(cast(json_in as varchar(65535))) as actual
from (
  select 'one member' as name,
         '[{"key": "a", "value": "x", "type": "string"}]' as expected,
         '{"a":{"value":"x","type":"string"} }' as json_in
  union all
  select 'a member without value',
         '[]',
         '{"a":{"type":"string"} }'
  union all
  select 'the first hundred characters',
         '[{"key": "é", "value": "' || repeat('é', 100) || '", "type": "string"}]',
         '{"é":{"value":"' || repeat('é', 101) || '","type":"string"} }'
) cases;

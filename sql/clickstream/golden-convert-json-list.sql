--! Purpose: values on which the original of convert_json_list fails or goes wrong, and what its replacement must answer
--! Rerun: safe, reads only
--! Needs: convert_json_list
--! Parameters: none

select name,
       expected,
       {{id:schema}}.convert_json_list(cast(json_in as varchar(65535))) as actual
from (
  select 'NULL' as name,
         cast(null as varchar(65535)) as expected,
         cast(null as varchar(65535)) as json_in
  union all
  select 'empty text',
         cast(null as varchar(65535)),
         ''
  union all
  select 'broken JSON',
         cast(null as varchar(65535)),
         '{"a":{'
  union all
  select 'a value that is null',
         '[]',
         '{"a":{"value": null,"type":"string"} }'
  union all
  select 'a value that is a number',
         '[{"key": "a", "value": "5", "type": "number"}]',
         '{"a":{"value":5,"type":"number"} }'
) cases;

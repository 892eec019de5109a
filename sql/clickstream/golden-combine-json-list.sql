--! Purpose: values on which the original of combine_json_list fails or goes wrong, and what its replacement must answer
--! Rerun: safe, reads only
--! Needs: combine_json_list
--! Parameters: none

select name,
       expected,
       {{id:schema}}.combine_json_list(cast(s as varchar(65535))) as actual
from (
  select 'NULL' as name,
         cast(null as varchar(65535)) as expected,
         cast(null as varchar(65535)) as s
  union all
  select 'empty text',
         cast(null as varchar(65535)),
         ''
  union all
  select 'broken JSON',
         cast(null as varchar(65535)),
         '[{"a":1}'
  union all
  select 'an element that is no object',
         cast(null as varchar(65535)),
         '[{"a":1}, 5]'
  union all
  select 'an escape for a letter',
         '{"a": "é"}',
         '[{"a":"' || chr(92) || 'u00e9"}]'
) cases;

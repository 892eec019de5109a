--! Purpose: values on which the original of rm_object_props fails or goes wrong, and what its replacement must answer
--! Rerun: safe, reads only
--! Needs: rm_object_props
--! Parameters: none

select name,
       expected,
       {{id:schema}}.rm_object_props(cast(o as varchar(65535)), cast(props_list as varchar(65535))) as actual
from (
  select 'NULL object' as name,
         cast(null as varchar(65535)) as expected,
         cast(null as varchar(65535)) as o,
         'a' as props_list
  union all
  select 'NULL names',
         cast(null as varchar(65535)),
         '{"a":1}',
         cast(null as varchar(65535))
  union all
  select 'empty text',
         cast(null as varchar(65535)),
         '',
         'a'
  union all
  select 'broken JSON',
         cast(null as varchar(65535)),
         '{"a":',
         'a'
  union all
  select 'the JSON word null',
         cast(null as varchar(65535)),
         'null',
         'a'
  union all
  select 'an array without the name',
         '[1, 2]',
         '[1,2]',
         'a'
  union all
  select 'a name that is not ASCII',
         '{"e": 2}',
         '{"é":1,"e":2}',
         'é'
) cases;

--! Purpose: values on which the original of transform_user_custom_props fails or goes wrong, and what its replacement must answer
--! Rerun: safe, reads only
--! Needs: transform_user_custom_props
--! Parameters: none

select name,
       expected,
       {{id:schema}}.transform_user_custom_props(cast(s as varchar(65535))) as actual
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
         '{"k":{'
  union all
  select 'no object',
         cast(null as varchar(65535)),
         '[1]'
  union all
  select 'a member that is null',
         '{"k": null}',
         '{"k": null}'
  union all
  select 'a number that is null',
         '{"k": {"value": null, "set_time_msec": 1700000000000} }',
         '{"k":{"type":"number","value": null,"set_time_msec":1700000000000} }'
  union all
  select 'a number that is none',
         '{"k": {"value": "abc", "set_time_msec": 1700000000000} }',
         '{"k":{"type":"number","value": "abc","set_time_msec":1700000000000} }'
  union all
  select 'not a number',
         '{"k": {"value": null, "set_time_msec": 1700000000000} }',
         '{"k":{"type":"number","value": "nan","set_time_msec":1700000000000} }'
  union all
  select 'a number beyond all bounds',
         '{"k": {"value": null, "set_time_msec": 1700000000000} }',
         '{"k":{"type":"number","value": "1e400","set_time_msec":1700000000000} }'
  union all
  select 'no type',
         '{"k": {"value": "5", "set_time_msec": 1700000000000} }',
         '{"k":{"value": "5","set_time_msec":1700000000000} }'
  union all
  select 'a boolean that is one already',
         '{"k": {"value": true, "set_time_msec": 1700000000000} }',
         '{"k":{"type":"boolean","value": true,"set_time_msec":1700000000000} }'
  union all
  select 'no time',
         '{"k": {"value": 5, "set_time_msec": null} }',
         '{"k":{"type":"number","value":"5"} }'
) cases;

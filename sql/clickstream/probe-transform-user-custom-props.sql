--! Purpose: ordinary values and what transform_user_custom_props must answer; the task compares the answers as JSON
--! Rerun: safe, reads only
--! Needs: transform_user_custom_props
--! Parameters: none

select name,
       expected,
       {{id:schema}}.transform_user_custom_props(cast(s as varchar(65535))) as actual
from (
  select 'an empty object' as name,
         '{}' as expected,
         '{}' as s
  union all
  select 'an integer with blanks',
         '{"k": {"value": 42, "set_time_msec": 1700000000000} }',
         '{"k":{"type":"number","value": " 42 ","set_time_msec":1700000000000} }'
  union all
  select 'an integer of any length',
         '{"k": {"value": 12345678901234567890123, "set_time_msec": 1700000000000} }',
         '{"k":{"type":"number","value": "12345678901234567890123","set_time_msec":1700000000000} }'
  union all
  select 'a float',
         '{"k": {"value": 19.5, "set_time_msec": 1700000000000} }',
         '{"k":{"type":"number","value": "19.5","set_time_msec":1700000000000} }'
  union all
  select 'true in capitals',
         '{"k": {"value": true, "set_time_msec": 1700000000000} }',
         '{"k":{"type":"boolean","value": "TRUE","set_time_msec":1700000000000} }'
  union all
  select 'a boolean that is not true',
         '{"k": {"value": false, "set_time_msec": 1700000000000} }',
         '{"k":{"type":"boolean","value": "1","set_time_msec":1700000000000} }'
  union all
  select 'letters of any script',
         '{"k": {"value": "中文 é", "set_time_msec": 1700000000000} }',
         '{"k":{"type":"string","value": "中文 é","set_time_msec":1700000000000} }'
) cases;

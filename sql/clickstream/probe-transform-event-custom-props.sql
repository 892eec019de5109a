--! Purpose: ordinary values and what transform_event_custom_props must answer; the task compares the answers as JSON
--! Rerun: safe, reads only
--! Needs: transform_event_custom_props
--! Parameters: none

select name,
       expected,
       {{id:schema}}.transform_event_custom_props(cast(s as varchar(65535))) as actual
from (
  select 'an empty object' as name,
         '{}' as expected,
         '{}' as s
  union all
  select 'an integer with blanks',
         '{"k": 42}',
         '{"k":{"type":"number","value": " 42 "} }'
  union all
  select 'an integer of any length',
         '{"k": 12345678901234567890123}',
         '{"k":{"type":"number","value": "12345678901234567890123"} }'
  union all
  select 'a float',
         '{"k": 19.5}',
         '{"k":{"type":"number","value": "19.5"} }'
  union all
  select 'true in capitals',
         '{"k": true}',
         '{"k":{"type":"boolean","value": "TRUE"} }'
  union all
  select 'a boolean that is not true',
         '{"k": false}',
         '{"k":{"type":"boolean","value": "1"} }'
  union all
  select 'letters of any script',
         '{"k": "中文 é"}',
         '{"k":{"type":"string","value": "中文 é"} }'
) cases;

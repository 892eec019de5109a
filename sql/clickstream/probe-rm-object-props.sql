--! Purpose: ordinary values and what rm_object_props must answer; the task compares the answers as JSON
--! Rerun: safe, reads only
--! Needs: rm_object_props
--! Parameters: none

select name,
       expected,
       {{id:schema}}.rm_object_props(cast(o as varchar(65535)), cast(props_list as varchar(65535))) as actual
from (
  select 'a name that is there' as name,
         '{"keep": "é"}' as expected,
         '{"category":"x","keep":"é"}' as o,
         'category,category2' as props_list
  union all
  select 'no name that is there',
         '{"a": 1}',
         '{"a":1}',
         'b'
  union all
  select 'numbers keep their text',
         '{"n": 1.0, "i": 12345678901234567890}',
         '{"n":1.0,"i":12345678901234567890,"brand":"b"}',
         'brand'
  union all
  select 'names are not trimmed',
         '{"a": 1}',
         '{"a":1}',
         'b, a'
) cases;

--! Purpose: ordinary values and what combine_json_list must answer; the task compares the answers as JSON
--! Rerun: safe, reads only
--! Needs: combine_json_list
--! Parameters: none

select name,
       expected,
       {{id:schema}}.combine_json_list(cast(s as varchar(65535))) as actual
from (
  select 'a later key wins' as name,
         '{"a": 3, "b": 2}' as expected,
         '[{"a":1},{"b":2},{"a":3}]' as s
  union all
  select 'an empty list',
         '{}',
         '[]'
  union all
  select 'a null member',
         '{"a": null}',
         '[{"a": null}]'
  union all
  select 'numbers keep their text',
         '{"n": 12345678901234567890, "f": 1.0}',
         '[{"n":12345678901234567890},{"f":1.0}]'
  union all
  select 'letters of any script',
         '{"名": "é😀"}',
         '[{"名":"é😀"}]'
) cases;

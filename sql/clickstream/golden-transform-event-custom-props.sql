--! Purpose: values on which the original of transform_event_custom_props fails or goes wrong, and what its replacement must answer
--! Rerun: safe, reads only
--! Needs: transform_event_custom_props
--! Parameters: none

select name,
       expected,
       {{id:schema}}.transform_event_custom_props(cast(s as varchar(65535))) as actual
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
         '{"k": null}',
         '{"k":{"type":"number","value": null} }'
  union all
  select 'a number that is none',
         '{"k": "abc"}',
         '{"k":{"type":"number","value": "abc"} }'
  union all
  select 'not a number',
         '{"k": null}',
         '{"k":{"type":"number","value": "nan"} }'
  union all
  select 'a number beyond all bounds',
         '{"k": null}',
         '{"k":{"type":"number","value": "1e400"} }'
  union all
  select 'no type',
         '{"k": "5"}',
         '{"k":{"value": "5"} }'
  union all
  select 'a boolean that is one already',
         '{"k": true}',
         '{"k":{"type":"boolean","value": true} }'
  union all
  select 'no value',
         '{"k": null}',
         '{"k":{"type":"string"} }'
) cases;

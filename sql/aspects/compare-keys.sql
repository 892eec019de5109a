--! Purpose: compares keys of an old and a new table at one instant
--! Rerun: safe, reads only
--! Needs: both tables, which replace rows when parts merge
--! Parameters: none

select toString(countIf(was)) as old_keys,
       toString(countIf(is)) as new_keys,
       toString(countIf(was)) as expected,
       toString(countIf(was and not is)) as missing,
       toString(countIf(is and not was)) as more
from (
  select max(in_old) as was,
         max(in_new) as is
  from (
    select {{id:keys}}, 1 as in_old, 0 as in_new
    from {{id:old_database}}.{{id:old}} final
    union all
    select {{id:keys}}, 0 as in_old, 1 as in_new
    from {{id:new_database}}.{{id:new}} final
  )
  group by {{id:keys}}
)

--! Purpose: compares keys of an old and a new table whose latest event is young enough to be in both
--! Rerun: safe, reads only
--! Needs: both tables, which replace rows when parts merge
--! Parameters: :boundary

select toString(countIf(was)) as old_keys,
       toString(countIf(is)) as new_keys,
       toString(countIf(old_inside)) as expected,
       toString(countIf(old_inside and not is)) as missing,
       toString(countIf(new_inside and not was)) as more
from (
  select max(in_old) as was,
         max(in_new) as is,
         max(in_old and inside) as old_inside,
         max(in_new and inside) as new_inside
  from (
    select {{id:keys}}, 1 as in_old, 0 as in_new, toUnixTimestamp(toDateTime({{id:time}})) >= :boundary as inside
    from {{id:old_database}}.{{id:old}} final
    union all
    select {{id:keys}}, 0 as in_old, 1 as in_new, toUnixTimestamp(toDateTime({{id:time}})) >= :boundary as inside
    from {{id:new_database}}.{{id:new}} final
  )
  group by {{id:keys}}
)

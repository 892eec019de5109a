--! Purpose: compares sums of an old and a new table by key, of days that are young enough to be in both
--! Rerun: safe, reads only
--! Needs: both tables, which sum rows when parts merge
--! Parameters: :boundary

select toString(sum(was)) as old_keys,
       toString(sum(is)) as new_keys,
       toString(sumIf(was, inside)) as expected,
       toString(sumIf(greatest(was - is, 0), inside)) as missing,
       toString(sumIf(greatest(is - was, 0), inside)) as more
from (
  select sum(in_old) as was,
         sum(in_new) as is,
         max(toUnixTimestamp(toDateTime({{id:time}})) >= :boundary) as inside
  from (
    select {{id:keys}}, toInt64({{id:sum}}) as in_old, toInt64(0) as in_new
    from {{id:old_database}}.{{id:old}}
    union all
    select {{id:keys}}, toInt64(0) as in_old, toInt64({{id:sum}}) as in_new
    from {{id:new_database}}.{{id:new}}
  )
  group by {{id:keys}}
)

--! Purpose: reads one row of a view
--! Rerun: safe, reads only
--! Needs: the view
--! Parameters: none

select 1 as one
from (
  select *
  from {{id:database}}.{{id:name}}
  limit 1
)

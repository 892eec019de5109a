--! Purpose: the keys of a window
--! Rerun: safe, reads only
--! Needs: the table
--! Parameters: :after, :to
-- MySQL.
select t.{{id:key}} as k
from {{id:database}}.{{id:table}} t
where t.{{id:key}} > :after
  and t.{{id:key}} <= :to
order by t.{{id:key}}

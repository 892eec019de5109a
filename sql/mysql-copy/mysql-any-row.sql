--! Purpose: whether a window of keys has a row
--! Rerun: safe, reads only
--! Needs: the table
--! Parameters: :after, :to
-- MySQL.
select t.{{id:key}} as k
from {{id:database}}.{{id:table}} t
where t.{{id:key}} > :after
  and t.{{id:key}} <= :to
limit 1

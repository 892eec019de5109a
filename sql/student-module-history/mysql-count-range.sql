--! Purpose: rows with ids of a range, counted up to a limit (MySQL)
--! Rerun: safe, reads only
--! Needs: the table, with id as its primary key
--! Parameters: :from, :to, :most

select count(*) as n
from (
  select t.id
  from {{id:database}}.{{id:table}} t
  where t.id >= :from
    and t.id <= :to
  limit :most
) w;

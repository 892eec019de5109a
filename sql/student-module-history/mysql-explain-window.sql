--! Purpose: how the server finds a window of ids, and about how many rows it has (MySQL)
--! Rerun: safe, reads only
--! Needs: the table, with id as its primary key
--! Parameters: :from, :to

explain
select t.id
from {{id:database}}.{{id:table}} t force index (primary)
where t.id >= :from
  and t.id <= :to;

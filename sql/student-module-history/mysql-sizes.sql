--! Purpose: sizes of the rows from one id on (MySQL)
--! Rerun: safe, reads only
--! Needs: the table, with id as its primary key
--! Parameters: :from, :rows

select count(*) as n,
       coalesce(sum(w.bytes), 0) as bytes,
       coalesce(max(w.bytes), 0) as largest
from (
  select length(coalesce(t.state, '')) as bytes
  from {{id:database}}.{{id:table}} t
  where t.id >= :from
  order by t.id
  limit :rows
) w;

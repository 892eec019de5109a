--! Purpose: ids of exams that were changed since the high-water mark and were there before it (MySQL)
--! Rerun: safe, reads only
--! Needs: exam of the tenant's warehouse
--! Parameters: :high, :after

select c.id as id
from {{id:warehouse}}.exam c
where c.type_id in (1, 3)
  and c.updated > :high
  and c.created <= :high
  and c.id > :after
order by c.id
limit 4000;

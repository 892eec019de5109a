--! Purpose: the next rows of a range: up to where, how many, and which ids (MySQL)
--! Rerun: safe, reads only
--! Needs: the table, with id as its primary key
--! Parameters: :after, :to, :rows

select count(*) as n,
       max(w.id) as last_id,
       coalesce(bit_xor(crc32(w.id)), 0) as fingerprint,
       coalesce(sum(cast(w.id as decimal(20, 0))), 0) as total
from (
  select t.id
  from {{id:database}}.{{id:table}} t force index (primary)
  where t.id > :after
    and t.id <= :to
  order by t.id
  limit :rows
) w;

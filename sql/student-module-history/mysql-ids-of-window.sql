--! Purpose: which ids of a window are there; to compare with mysql-window of the other table (MySQL)
--! Rerun: safe, reads only
--! Needs: the table, with id as its primary key
--! Parameters: :after, :to

select count(*) as n,
       coalesce(bit_xor(crc32(t.id)), 0) as fingerprint,
       coalesce(sum(cast(t.id as decimal(20, 0))), 0) as total
from {{id:database}}.{{id:table}} t
where t.id > :after
  and t.id <= :to;

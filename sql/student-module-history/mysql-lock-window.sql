--! Purpose: which ids of a window are there, locked until the transaction ends; to compare right before they are deleted (MySQL)
--! Rerun: safe, reads only
--! Needs: the table, with id as its primary key; read committed; a right to change its rows
--! Parameters: :after, :to

select count(*) as n,
       coalesce(bit_xor(crc32(t.id)), 0) as fingerprint,
       coalesce(sum(cast(t.id as decimal(20, 0))), 0) as total
from {{id:database}}.{{id:table}} t force index (primary)
where t.id > :after
  and t.id <= :to
for update;

--! Purpose: touch the newest rows as whoever waits for their commit: a lock-wait timeout means that one is not committed (MySQL)
--! Rerun: safe, reads only; its locks end with the statement
--! Needs: read committed, short waits, autocommit
--! Parameters: :from

select count(*) as n
from (
  select t.id
  from {{id:database}}.{{id:table}} t force index (primary)
  where t.id >= :from
  order by t.id desc
  limit 100000
  lock in share mode
) w;

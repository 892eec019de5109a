--! Purpose: copy a window of keys within one server
--! Rerun: safe, a row that is there already is refused by the primary key
--! Needs: both tables; READ COMMITTED, by which the rows that are read stay unlocked
--! Parameters: :after, :to
-- MySQL.
insert into {{id:to_database}}.{{id:to_table}} ({{id:to_key}} /*each:columns*/ , {{id:to_column}} /*end*/)
select t.{{id:key}} /*each:columns*/ , t.{{id:column}} /*end*/
from {{id:database}}.{{id:table}} t force index (primary)
where t.{{id:key}} > :after
  and t.{{id:key}} <= :to
order by t.{{id:key}}

--! Purpose: copy rows by their keys within one server
--! Rerun: safe, a row that is there already is refused by the primary key
--! Needs: both tables; READ COMMITTED, by which the rows that are read stay unlocked
--! Parameters: :keys
-- MySQL.
insert into {{id:to_database}}.{{id:to_table}} ({{id:to_key}} /*each:columns*/ , {{id:to_column}} /*end*/)
select t.{{id:key}} /*each:columns*/ , t.{{id:column}} /*end*/
from {{id:database}}.{{id:table}} t
where t.{{id:key}} in (:keys)

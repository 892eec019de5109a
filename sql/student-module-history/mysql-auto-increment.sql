--! Purpose: the next id a table gives (MySQL)
--! Rerun: safe, reads only
--! Needs: a session in which mysql-fresh-statistics was set, where the server knows that
--! Parameters: :database, :table

select t.auto_increment as next_id
from information_schema.tables t
where t.table_schema = :database
  and t.table_name = :table;

--! Purpose: indexes of a table, a row for each column in them (MySQL)
--! Rerun: safe, reads only
--! Needs: information_schema
--! Parameters: :database, :table

select s.index_name as name,
       s.seq_in_index as place,
       s.column_name as column_name
from information_schema.statistics s
where s.table_schema = :database
  and s.table_name = :table
order by s.index_name, s.seq_in_index;

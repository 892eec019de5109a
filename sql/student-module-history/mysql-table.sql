--! Purpose: whether a table is there, and what the server estimates of it (MySQL)
--! Rerun: safe, reads only
--! Needs: information_schema (a user sees the tables it has a privilege on)
--! Parameters: :database, :table

-- The numbers of rows and bytes are estimates: nothing is proven with them.
select t.engine as engine,
       t.table_rows as about_rows,
       t.data_length + t.index_length as bytes,
       t.table_collation as collation
from information_schema.tables t
where t.table_schema = :database
  and t.table_name = :table;

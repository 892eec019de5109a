--! Purpose: columns of a table (MySQL)
--! Rerun: safe, reads only
--! Needs: information_schema (a user sees the columns it has a privilege on)
--! Parameters: :database, :table

select c.column_name as name,
       c.column_type as type,
       c.is_nullable as nullable,
       c.datetime_precision as fraction,
       c.character_set_name as character_set,
       c.extra as extra
from information_schema.columns c
where c.table_schema = :database
  and c.table_name = :table
order by c.ordinal_position;

--! Purpose: character sets of a table's columns
--! Rerun: safe, reads only
--! Needs: information_schema (a user sees the columns it has a privilege on)
--! Parameters: :database, :table
-- MySQL.
select column_name as name,
       character_set_name as charset
from information_schema.columns
where table_schema = :database
  and table_name = :table

--! Purpose: whether a database is there, and its character set (MySQL)
--! Rerun: safe, reads only
--! Needs: information_schema
--! Parameters: :database

select s.default_character_set_name as character_set,
       s.default_collation_name as collation
from information_schema.schemata s
where s.schema_name = :database;

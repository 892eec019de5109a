--! Purpose: how a table is made; a copy goes on only while it stays so
--! Rerun: safe, reads only
--! Needs: the table
--! Parameters: none
-- MySQL.
show create table {{id:database}}.{{id:table}}

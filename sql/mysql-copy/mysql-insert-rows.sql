--! Purpose: write rows that were read on another server
--! Rerun: safe, a row that is there already is refused by the primary key
--! Needs: the table; a session whose texts know no backslash
--! Parameters: :rows
-- MySQL.
insert into {{id:to_database}}.{{id:to_table}} ({{id:to_key}} /*each:columns*/ , {{id:to_column}} /*end*/)
values :rows

--! Purpose: drops a table with its rows
--! Rerun: safe, one that is gone is left out
--! Needs: an approval of exactly this relation, and that nothing reads it
--! Parameters: none

drop table if exists {{id:database}}.{{id:name}} sync

--! Purpose: drops a view, materialized or not: its rows, if it has any, are in a table of its own
--! Rerun: safe, one that is gone is left out
--! Needs: an approval of exactly this relation, and that nothing reads it
--! Parameters: none

drop view if exists {{id:database}}.{{id:name}} sync

--! Purpose: drops a view on every node of a cluster; where it is a materialized one, the table it writes to stays
--! Rerun: safe, one that is gone is left out
--! Needs: an approval of exactly this relation, and that nothing reads it
--! Parameters: none

drop view if exists {{id:database}}.{{id:name}} on cluster {{id:cluster}} sync

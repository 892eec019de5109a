--! Purpose: remove a table of the run
--! Rerun: safe, does nothing when it is gone
--! Needs: ownership of the table; the reconciliation of the run has passed, or the run was given up
--! Parameters: none

drop table if exists {{id:schema}}.{{id:staging}};

--! Purpose: drop a procedure of the migration that takes a number of days; behind a gate
--! Rerun: unsafe, fails when the procedure is not there; only those are named that are, and the ledger keeps what was dropped
--! Needs: ownership of the procedure
--! Parameters: none

drop procedure {{id:schema}}.{{id:procedure}}(integer);

--! Purpose: drops a database that was brought back from a backup only to be looked at
--! Rerun: safe, one that is gone is left out
--! Needs: a name that ends in _runbook_check: nobody else's has it
--! Parameters: none

drop database if exists {{id:database}} sync
settings check_table_dependencies = 0

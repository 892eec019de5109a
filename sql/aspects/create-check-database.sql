--! Purpose: makes a database in which a backup is looked at, where something must not come back
--! Rerun: unsafe, the database of that name is dropped before
--! Needs: right to create it; a name that ends in _runbook_check
--! Parameters: none

create database {{id:database}}

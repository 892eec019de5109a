--! Purpose: takes a name in a database made to look at a backup, so that what had it does not come back there
--! Rerun: unsafe, the database is dropped before
--! Needs: the database, whose name ends in _runbook_check
--! Parameters: none

create table {{id:database}}.{{id:name}} (nothing UInt8) engine = Null

--! Purpose: what a server says of itself; names that it does not know are left out (MySQL)
--! Rerun: safe, reads only
--! Needs: nothing
--! Parameters: none

show global variables
where variable_name in ('version', 'version_comment', 'aurora_version', 'log_bin', 'binlog_format',
  'transaction_isolation', 'tx_isolation', 'read_only', 'innodb_read_only', 'max_allowed_packet',
  'character_set_server', 'auto_increment_increment', 'partial_revokes');

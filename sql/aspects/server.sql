--! Purpose: release and clock of the server, and the largest table it lets anybody drop
--! Rerun: safe, reads only
--! Needs: right to read system.server_settings
--! Parameters: none

select version() as version,
       toUnixTimestamp(now()) as now,
       (select value from system.server_settings where name = 'max_table_size_to_drop') as drop_limit

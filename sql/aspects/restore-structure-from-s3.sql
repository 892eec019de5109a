--! Purpose: brings back what a backup says of Aspects' databases, without rows, under other names: the proof that it has them
--! Rerun: safe, the databases of those names are dropped before
--! Needs: right to restore; the backup; a table in the place of whatever must have no copy
--! Parameters: none

restore database {{id:xapi}} as {{id:xapi_copy}}, database {{id:event_sink}} as {{id:event_sink_copy}}, database {{id:reporting}} as {{id:reporting_copy}}, database {{id:openedx}} as {{id:openedx_copy}}
from S3({{lit:endpoint}})
settings id = {{lit:id}}, structure_only = true, allow_different_table_def = true, allow_different_database_def = true

--! Purpose: begins to bring Aspects' databases back from a backup
--! Rerun: unsafe, the databases must be gone, and one restore at a time: guarded by its id in the ledger
--! Needs: right to restore; the backup; nothing that writes
--! Parameters: none

restore database {{id:xapi}}, database {{id:event_sink}}, database {{id:reporting}}, database {{id:openedx}}
from S3({{lit:endpoint}})
settings id = {{lit:id}}
async

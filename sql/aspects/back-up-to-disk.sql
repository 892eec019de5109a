--! Purpose: begins a backup of Aspects' databases to a disk of the server's configuration
--! Rerun: safe, a backup of this id and place is refused a second time
--! Needs: right to back up; what the server may write to by its configuration
--! Parameters: none

backup database {{id:xapi}}, database {{id:event_sink}}, database {{id:reporting}}, database {{id:openedx}}
to Disk({{lit:disk}}, {{lit:folder}})
settings id = {{lit:id}}
async

--! Purpose: begins a backup of Aspects' databases to a bucket, with the credentials the server has by its configuration or instance
--! Rerun: safe, a backup of this id and place is refused a second time
--! Needs: right to back up; what the server may write to by its configuration
--! Parameters: none

backup database {{id:xapi}}, database {{id:event_sink}}, database {{id:reporting}}, database {{id:openedx}}
to S3({{lit:endpoint}})
settings id = {{lit:id}}
async

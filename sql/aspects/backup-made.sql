--! Purpose: bytes of a backup that people have taken, where the server still knows of it: it forgets when it starts anew
--! Rerun: safe, reads only
--! Needs: right to read system.backups
--! Parameters: :folder

select toString(total_size) as bytes
from system.backups
where status = 'BACKUP_CREATED'
  -- Disk('backups', 'runbook-1') and S3('https://…/runbook-1/'): the whole word between quotes or slashes.
  and position(replaceAll(name, '''', '/'), concat('/', :folder, '/')) > 0
order by start_time desc
limit 1

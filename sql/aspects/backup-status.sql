--! Purpose: what became of a backup or a restore; the server forgets it when it starts anew
--! Rerun: safe, reads only
--! Needs: right to read system.backups
--! Parameters: :id

select toString(status) as status,
       substring(error, 1, 400) as error,
       toString(num_files) as files,
       toString(total_size) as bytes
from system.backups
where id = :id

--! Purpose: room on the disks that tables lie on
--! Rerun: safe, reads only
--! Needs: right to read system.disks and system.parts
--! Parameters: :databases

select name,
       toString(free_space) as free,
       toString(unreserved_space) as unreserved,
       toString(keep_free_space) as keep_free
from system.disks
where name in (select disk_name from system.parts where active and has(:databases, database))
   or name = 'default'
order by name

--! Purpose: whether the server has a disk of this name
--! Rerun: safe, reads only
--! Needs: right to read system.disks
--! Parameters: :disk

select name
from system.disks
where name = :disk

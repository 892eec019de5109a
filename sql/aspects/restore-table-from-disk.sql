--! Purpose: brings one small table of a backup back in a database made to look at it: the proof that it can be read
--! Rerun: safe, the database of that name is dropped before
--! Needs: right to restore; the backup
--! Parameters: none

restore table {{id:database}}.{{id:name}} as {{id:copy_database}}.{{id:copy}}
from Disk({{lit:disk}}, {{lit:folder}})
settings id = {{lit:id}}

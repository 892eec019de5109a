--! Purpose: brings one small table of a backup back under another name: the proof that it can be read
--! Rerun: safe, the table of that name is dropped before
--! Needs: right to restore; the backup
--! Parameters: none

restore table {{id:database}}.{{id:name}} as {{id:database}}.{{id:copy}}
from Disk({{lit:disk}}, {{lit:folder}})
settings id = {{lit:id}}

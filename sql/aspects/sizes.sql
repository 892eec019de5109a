--! Purpose: rows and bytes of tables, unmerged duplicates included
--! Rerun: safe, reads only
--! Needs: right to read system.parts
--! Parameters: :databases

select database,
       table as name,
       toString(sum(rows)) as rows,
       toString(sum(bytes_on_disk)) as bytes
from system.parts
where active
  and has(:databases, database)
group by database, table

--! Purpose: relations of Aspects' databases, with what they are made of
--! Rerun: safe, reads only
--! Needs: right to see them
--! Parameters: :databases

select database,
       name,
       engine,
       create_table_query as definition,
       toString(uuid) as uuid,
       toString(coalesce(total_bytes, 0)) as bytes
from system.tables
where has(:databases, database)
order by database, name

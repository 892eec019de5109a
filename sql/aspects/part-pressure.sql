--! Purpose: partitions with more active parts than merges keep up with
--! Rerun: safe, reads only
--! Needs: right to read system.parts
--! Parameters: :databases, :limit

select database,
       table as name,
       partition,
       count() as parts
from system.parts
where active
  and has(:databases, database)
group by database, table, partition
having count() > :limit
order by parts desc
limit 20

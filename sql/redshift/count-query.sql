--! Purpose: number of rows of a query, such as one that UNLOAD has written
--! Rerun: safe, reads only
--! Needs: what the query reads
--! Parameters: none

-- The query is a file of its own: as with UNLOAD its text is put in, which no parameter can do.
select count(*) as total
from (
  {{lit:subquery}}
) as counted;

--! Purpose: the first and the last id of a table (MySQL)
--! Rerun: safe, reads only
--! Needs: the table, with id as its primary key
--! Parameters: none

-- No alias: a locked table is known by the name it was locked under.
select min(id) as min_id,
       max(id) as max_id
from {{id:database}}.{{id:table}};

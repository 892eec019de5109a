--! Purpose: everything that selects, in any database: who reads what a removal would take away
--! Rerun: safe, reads only
--! Needs: right to see relations of all databases
--! Parameters: none

select database,
       name,
       engine,
       create_table_query as definition
from system.tables
where engine in ('View', 'MaterializedView', 'Dictionary', 'Buffer', 'Distributed', 'Merge', 'Alias')
  and lower(database) not in ('system', 'information_schema')
order by database, name

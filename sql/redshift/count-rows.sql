--! Purpose: number of rows of a table
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: none

select count(*) as total
from {{id:schema}}.{{id:table}};

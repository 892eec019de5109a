--! Purpose: what a transaction counted in the mark it left
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: none

select coalesce(max(total), 0) as total
from {{id:schema}}.{{id:table}};

--! Purpose: orders of years that are over
--! Rerun: safe, reads only
--! Needs: orders
--! Parameters: none

select id,
       customer,
       total,
       ordered
from {{id:schema}}.orders
where ordered < date_trunc('year', getdate());

--! Purpose: the first and the last exam of a tenant, to compare schemas of two engines by
--! Rerun: safe, reads only
--! Needs: exam
--! Parameters: none

select cast(e.id as varchar(40)) as id,
       cast(e.student_id as varchar(40)) as student_id,
       cast(e.asmt_id as varchar(40)) as asmt_id
from {{id:schema}}.exam e
join (
  select min(id) as first_id,
         max(id) as last_id
  from {{id:schema}}.exam
) as ends
  on e.id = ends.first_id
  or e.id = ends.last_id;

--! Purpose: ids of exams of whose student, assessment and year an attempt was changed since the high-water mark (MySQL)
--! Rerun: safe, reads only
--! Needs: exam of the tenant's warehouse
--! Parameters: :high, :after

select distinct we.id as id
from {{id:warehouse}}.exam c
join {{id:warehouse}}.exam we
  on we.student_id = c.student_id
 and we.school_year = c.school_year
 and we.asmt_id = c.asmt_id
where c.type_id in (1, 3)
  and c.updated > :high
  and c.created <= :high
  and we.type_id in (1, 3)
  and we.id > :after
order by we.id
limit 4000;

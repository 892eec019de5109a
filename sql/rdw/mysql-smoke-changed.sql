--! Purpose: exams of one assessment and year that were changed since the high-water mark (MySQL)
--! Rerun: safe, reads only
--! Needs: exam of the tenant's warehouse
--! Parameters: :high, :year, :asmt

select count(*) as n
from {{id:warehouse}}.exam c
where c.type_id in (1, 3)
  and c.school_year = :year
  and c.asmt_id = :asmt
  and c.created <= :high
  and c.updated > :high;

--! Purpose: which of some exams were changed since the high-water mark (MySQL)
--! Rerun: safe, reads only
--! Needs: exam of the tenant's warehouse
--! Parameters: :high, :exams

select c.id as id
from {{id:warehouse}}.exam c
where c.id in (:exams)
  and c.updated > :high;

--! Purpose: whether exams that Redshift has are exams of this tenant's warehouse (MySQL)
--! Rerun: safe, reads only
--! Needs: exam of the tenant's warehouse
--! Parameters: :exams

select id,
       student_id,
       asmt_id
from {{id:warehouse}}.exam
where id in (:exams);

--! Purpose: every row of a tenant's alt scores, for the backup
--! Rerun: safe, reads only
--! Needs: right to select
--! Parameters: none

select id,
       exam_id,
       subject_score_id,
       student_id,
       asmt_id,
       school_year,
       scale_score,
       performance_level,
       completed_at,
       migrate_id,
       updated,
       update_import_id
from {{id:schema}}.exam_alt_score;

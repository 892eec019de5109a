--! Purpose: every staged row, for a restore
--! Rerun: unsafe, only in the swap's transaction, behind swap-delete.sql
--! Needs: right to insert and to select
--! Parameters: none

insert into {{id:schema}}.exam_alt_score (
  id, exam_id, subject_score_id, student_id, asmt_id, school_year, scale_score,
  performance_level, completed_at, migrate_id, updated, update_import_id
)
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
from {{id:schema}}.{{id:staging}};

--! Purpose: the staged rows whose exam is the one Redshift holds
--! Rerun: unsafe, only in the swap's transaction, behind swap-delete.sql
--! Needs: right to insert and to select
--! Parameters: none

-- Redshift's exam is the latest of a student, assessment and year. A row of another attempt, or of an exam
-- that is not there, is left out; so is one whose student, assessment or year are not those of its exam.
insert into {{id:schema}}.exam_alt_score (
  id, exam_id, subject_score_id, student_id, asmt_id, school_year, scale_score,
  performance_level, completed_at, migrate_id, updated, update_import_id
)
select loaded.id,
       loaded.exam_id,
       loaded.subject_score_id,
       loaded.student_id,
       loaded.asmt_id,
       loaded.school_year,
       loaded.scale_score,
       loaded.performance_level,
       loaded.completed_at,
       loaded.migrate_id,
       loaded.updated,
       loaded.update_import_id
from {{id:schema}}.{{id:staging}} as loaded
join {{id:schema}}.exam as current_exam
  on current_exam.id = loaded.exam_id
  and current_exam.student_id = loaded.student_id
  and current_exam.asmt_id = loaded.asmt_id
  and current_exam.school_year = loaded.school_year;

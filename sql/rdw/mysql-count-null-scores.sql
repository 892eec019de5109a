--! Purpose: count the alt scores that a slice leaves out because they have no scale score
--! Rerun: safe, reads only
--! Needs: exam, exam_score; a session in UTC
--! Parameters: :from, :before, :subject_ids
-- MySQL. The conditions of mysql-extract-slice.sql but one.
select count(*) as null_scores
from {{id:warehouse}}.exam we
join {{id:warehouse}}.exam_score wes on wes.exam_id = we.id
where we.type_id in (1, 3)
  and we.deleted = 0
  and we.updated >= :from
  and we.updated < :before
  and we.scale_score is not null
  and we.performance_level is not null
  and wes.scale_score is null
  and wes.performance_level is not null
  and wes.subject_score_id in (:subject_ids)

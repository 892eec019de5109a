--! Purpose: write the alt scores of exams that were changed in one window of time to S3, as the regular job selects them
--! Rerun: safe, each attempt has a prefix of its own, emptied before the next attempt
--! Needs: exam, exam_score; the right SELECT INTO S3, or the role AWS_SELECT_S3_ACCESS; a session in UTC
--! Parameters: :from, :before, :subject_ids
-- MySQL. The address is a literal: INTO OUTFILE takes no parameter.
-- A null scale score is left out: the target refuses it. No order: COPY sorts anyway, and a sort of the
-- result goes through the disk. With type_id the index (type_id, deleted, updated, ...) is of use.
-- https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Integrating.SaveIntoS3.html
select
  wes.id,
  wes.exam_id,
  wes.subject_score_id,
  we.student_id,
  we.asmt_id,
  we.school_year,
  wes.scale_score,
  wes.performance_level,
  we.completed_at,
  -1 as migrate_id,
  we.updated,
  we.update_import_id
from {{id:warehouse}}.exam we
join {{id:warehouse}}.exam_score wes on wes.exam_id = we.id
where we.type_id in (1, 3)
  and we.deleted = 0
  and we.updated >= :from
  and we.updated < :before
  and we.scale_score is not null
  and we.performance_level is not null
  and wes.scale_score is not null
  and wes.performance_level is not null
  and wes.subject_score_id in (:subject_ids)
into outfile s3 {{lit:to}}
fields terminated by ',' optionally enclosed by '"'
lines terminated by '\n'
manifest on
overwrite on

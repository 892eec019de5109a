-- The warehouses of four tenants in one Aurora MySQL cluster, and what their regular job remembers.
-- warehouse.sql holds what that job has brought into Redshift; both follow the same rules, so whoever
-- changes one of them changes the other:
--
--   exam e of student s = 1 + (e - 1) div 3; k = (e - 1) % 3 says which of the student's three it is
--   k = 0  summative           k = 1  the student's second attempt, by s % 5:
--     0 later: the first is superseded         1 at the same instant: the lower id counts
--     2 later and without alt scores           3 in another year           4 later and deleted
--   k = 2  interim: by s % 4, 0 a block (IAB) with an alt-typed score, else comprehensive (ICA)
--   s % 29 = 0, s % 31 = 0  completed in the hours in which daylight saving time ends and begins in the US
--   e % 97 = 0  updated after the regular job's last window     e % 89 = 0  before the back-fill's start
--   e % 53 = 0  the first alt score is null                     e % 59 = 0  its level is null
--
-- Tenants: ca; pa, whose alt scores have other ids, and whose claim scores have those of ca's alt scores;
-- nv, which has no alt scores; and sandbox ts_s001, which is empty.
-- @rows: exams of ca and of pa, 900 unless set before.

set @rows = coalesce(@rows, 900);
create database scenario;

create table scenario.exam (
  id bigint not null auto_increment primary key,
  type_id tinyint not null,
  school_year smallint not null,
  asmt_id int not null,
  student_id int not null,
  school_id int not null,
  grade_id tinyint not null,
  oppId varchar(60) null,
  scale_score float null,
  scale_score_std_err float null,
  performance_level tinyint null,
  completed_at timestamp(6) not null default current_timestamp(6),
  import_id bigint not null,
  update_import_id bigint not null,
  deleted tinyint not null default 0,
  created timestamp(6) not null default current_timestamp(6),
  updated timestamp(6) not null default current_timestamp(6) on update current_timestamp(6),
  key idx__exam__asmt (asmt_id),
  key idx__exam__import (import_id),
  key idx__exam__update_import (update_import_id),
  key idx__exam__created (created),
  key idx__exam__updated (updated),
  key idx__exam__student (student_id),
  key idx__exam__school (school_id),
  unique key idx__exam__oppId_asmt (oppId, asmt_id),
  key idx__exam__student_school_year_asmt (student_id, school_year, asmt_id),
  key idx__exam__type_deleted_created_and_scores
    (type_id, deleted, created, scale_score, scale_score_std_err, performance_level),
  key idx__exam__type_deleted_updated_and_scores
    (type_id, deleted, updated, scale_score, scale_score_std_err, performance_level),
  key idx__exam__type_deleted_student_score_and_more
    (type_id, deleted, student_id, scale_score, scale_score_std_err, performance_level)
) engine = InnoDB;

create table scenario.exam_score (
  id bigint not null auto_increment primary key,
  exam_id bigint not null,
  subject_score_id smallint not null,
  scale_score float null,
  scale_score_std_err float null,
  theta_score float null,
  theta_score_std_err float null,
  performance_level tinyint(4) null,
  created timestamp(6) not null default current_timestamp(6),
  key idx__exam_claim_score__exam (exam_id)
) engine = InnoDB;

create table scenario.subject_score (
  id smallint not null auto_increment primary key,
  subject_id smallint not null,
  asmt_type_id tinyint not null,
  score_type_id tinyint not null,
  code varchar(10) not null,
  display_order tinyint not null,
  data_order tinyint null,
  unique key idx__subject_score__subject_asmt_score_code (subject_id, asmt_type_id, score_type_id, code)
) engine = InnoDB;

create table scenario.import (
  id bigint not null auto_increment primary key,
  status tinyint not null,
  content tinyint not null,
  created timestamp(6) not null default current_timestamp(6),
  updated timestamp(6) not null default current_timestamp(6),
  key idx__import__updated_status (updated, status)
) engine = InnoDB;

create table scenario.migrate (
  id bigint not null auto_increment primary key,
  job_id bigint null,
  status tinyint not null,
  first_at timestamp(6) null,
  last_at timestamp(6) null,
  size int null,
  migrate_codes tinyint null,
  migrate_embargo tinyint null,
  created timestamp(6) not null default current_timestamp(6),
  updated timestamp(6) not null default current_timestamp(6),
  message text null,
  key idx__migrate__status_last_at (status, last_at)
) engine = InnoDB;

-- Ids of alt scores from `alts` on (null: none), of claim scores from `claims` on.
create procedure scenario.make_tenant(tenant varchar(20), exams int, alts int, claims int)
begin
  declare warehouse varchar(40) default concat('warehouse_', tenant);
  declare job varchar(40) default concat('migrate_olap_', tenant);
  execute immediate concat('create database ', warehouse);
  execute immediate concat('create database ', job);
  execute immediate concat('create table ', warehouse, '.exam like scenario.exam');
  execute immediate concat('create table ', warehouse, '.exam_score like scenario.exam_score');
  execute immediate concat('create table ', warehouse, '.subject_score like scenario.subject_score');
  execute immediate concat('create table ', warehouse, '.import like scenario.import');
  execute immediate concat('create table ', job, '.migrate like scenario.migrate');

  execute immediate concat('insert into ', warehouse, '.subject_score
    (id, subject_id, asmt_type_id, score_type_id, code, display_order)
    values (?, 3, 3, 3, ''R'', 1), (?, 3, 3, 3, ''W'', 2)') using claims, claims + 1;
  if alts is not null then
    execute immediate concat('insert into ', warehouse, '.subject_score
      (id, subject_id, asmt_type_id, score_type_id, code, display_order)
      values (?, 3, 3, 2, ''1'', 1), (?, 3, 3, 2, ''2'', 2), (?, 3, 1, 2, ''1'', 1), (?, 3, 1, 2, ''2'', 2),
        (?, 3, 2, 2, ''1'', 1)') using alts, alts + 1, alts + 2, alts + 3, alts + 4;
  end if;

  execute immediate concat('insert into ', warehouse, '.import (id, status, content, created, updated)
    values (1, 1, 1, ''2022-06-30'', ''2022-06-30''), (2, 1, 1, ''2022-07-02 10:00:00'', ''2022-07-02 10:00:00'')');
  execute immediate concat('insert into ', job, '.migrate
      (job_id, status, first_at, last_at, size, migrate_codes, migrate_embargo, created, updated)
    values (101, 20, ''2020-09-01'', ''2022-06-29 01:00:00'', 5000, 0, 0, ''2022-06-29 01:00:05'', ''2022-06-29 01:20:00''),
      (102, -10, ''2022-06-29 01:00:00'', ''2022-06-30 01:00:00'', 10, 0, 0, ''2022-06-30 01:00:05'', ''2022-06-30 01:00:09''),
      (103, 20, ''2022-06-29 01:00:00'', ''2022-07-01 01:00:00'', 20, 0, 0, ''2022-07-01 01:00:05'', ''2022-07-01 01:02:00'')');

  execute immediate concat('insert into ', warehouse, '.exam
      (id, type_id, school_year, asmt_id, student_id, school_id, grade_id, oppId, scale_score,
       scale_score_std_err, performance_level, completed_at, import_id, update_import_id, deleted, created, updated)
    select e, type_id, school_year, asmt_id, s, 1 + s % 7, 3 + s % 3, concat(''opp-'', e),
      2400 + e % 300 + 0.25, 20.5, 1 + e % 4, completed_at, 1, 1 + (e % 97 = 0), k = 1 and s % 5 = 4,
      least(updated, completed_at + interval 1 day), updated
    from (
      select dated.*, case when e % 97 = 0 then timestamp ''2022-07-02 10:00:00''
        when e % 89 = 0 then timestamp ''2019-10-15 12:00:00''
        else completed_at + interval 3 day end as updated
      from (
        select e, s, k,
          case when k < 2 then 3 when s % 4 = 0 then 2 else 1 end as type_id,
          2020 + s % 2 + (k = 1 and s % 5 = 3) as school_year,
          case when k < 2 then 100 when s % 4 = 0 then 300 else 200 end + s % 3 as asmt_id,
          case when s % 29 = 0 then timestamp ''2020-11-01 08:30:00''
               when s % 31 = 0 then timestamp ''2020-03-08 10:00:00''
               else timestamp ''2019-11-02 09:00:00.123456'' + interval (s * 13 % 560) day end
            + interval (case when k <> 1 or s % 5 = 1 then 0 when s % 5 = 2 then 2
                             when s % 5 = 3 then 365 else 1 end) day as completed_at
        from (select seq as e, 1 + (seq - 1) div 3 as s, (seq - 1) % 3 as k
              from seq_1_to_100000000 where seq <= ?) as numbered
      ) as dated
    ) as made') using exams;

  -- Thousandths end in 1 to 4: rounded to six digits they are the same however one rounds.
  if alts is not null then
    execute immediate concat('insert into ', warehouse, '.exam_score
        (id, exam_id, subject_score_id, scale_score, scale_score_std_err, performance_level)
      select id * 10 + j, id, ? + j - 1 + case type_id when 3 then 0 when 1 then 2 else 4 end,
        case when id % 53 = 0 and j = 1 then null
             else 1000 + (id * 31 + j * 7) % 800 + (id * 37 % 100) / 100 + (1 + id % 4) / 1000 end,
        9.5, case when id % 59 = 0 and j = 1 then null else 1 + (id + j) % 5 end
      from ', warehouse, '.exam join (select 1 as j union all select 2) as parts
      where (type_id <> 2 or j = 1) and not ((id - 1) % 3 = 1 and student_id % 5 = 2)') using alts;
  end if;
  execute immediate concat('insert into ', warehouse, '.exam_score
      (id, exam_id, subject_score_id, scale_score, scale_score_std_err, performance_level)
    select id * 10 + 2 + j, id, ? + j - 1, 2000 + (id + j) % 500, 7.5, 1 + (id + j) % 3
    from ', warehouse, '.exam join (select 1 as j union all select 2) as parts where type_id = 3') using claims;
end;

call scenario.make_tenant('ca', @rows, 19, 11);
call scenario.make_tenant('pa', @rows, 7, 19);
call scenario.make_tenant('nv', least(@rows, 90), null, 19);
call scenario.make_tenant('ts_s001', 0, 31, 1);
analyze table warehouse_ca.exam, warehouse_ca.exam_score, warehouse_pa.exam, warehouse_pa.exam_score;

-- On Aurora MySQL 3 the role is there; the right FILE, which no user of Aurora has, is how the rehearsal
-- lets whoever has activated it write an export.
create role AWS_SELECT_S3_ACCESS;
grant file on *.* to AWS_SELECT_S3_ACCESS;
create user rdw_ingest identified by 'rehearsal-rdw';
grant select on `warehouse\_%`.* to rdw_ingest;
grant select on `migrate\_olap\_%`.* to rdw_ingest;
grant AWS_SELECT_S3_ACCESS to rdw_ingest;
set default role AWS_SELECT_S3_ACCESS for rdw_ingest;
create user rdw_pa_ingest identified by 'rehearsal-rdw-pa';
grant select on warehouse_pa.* to rdw_pa_ingest;
grant select on migrate_olap_pa.* to rdw_pa_ingest;
grant AWS_SELECT_S3_ACCESS to rdw_pa_ingest;
set default role AWS_SELECT_S3_ACCESS for rdw_pa_ingest;
drop procedure scenario.make_tenant;
drop database scenario;

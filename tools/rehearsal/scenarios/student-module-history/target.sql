-- The server the history moves to: users, and the LMS as far as it writes here (lms.write_new). What a person
-- does at gate migrations is lms.migrate, the tables as coursewarehistoryextended's migrations 0001 to 0003
-- make them. lms.live_ids puts rows of learners where ids of the old table are.

create database if not exists lms;
use lms;
create table if not exists lms.feature (name varchar(60) primary key, is_on bool not null);
insert ignore into lms.feature values ('ENABLE_CSMH_EXTENDED', 0);

create procedure lms.migrate()
begin
  create table if not exists edxapp_csmh.django_migrations (
    id int not null auto_increment primary key,
    app varchar(255) not null,
    name varchar(255) not null,
    applied datetime(6) not null
  );
  create table if not exists edxapp_csmh.coursewarehistoryextended_studentmodulehistoryextended (
    version varchar(255) null,
    created datetime(6) not null,
    state longtext null,
    grade double null,
    max_grade double null,
    id bigint unsigned not null auto_increment primary key,
    student_module_id bigint unsigned not null,
    key coursewarehistoryextended_studentmodulehistoryextended_version (version),
    key coursewarehistoryextended_studentmodulehistoryextended_created (created),
    key student_module_idx (student_module_id)
  ) engine = InnoDB;
end;
create procedure lms.live_ids()
begin
  insert into edxapp_csmh.coursewarehistoryextended_studentmodulehistoryextended
    (id, created, state, student_module_id)
  select 2460000 + 10 * seq, now(6), '{"live": "before"}', seq from seq_1_to_5;
end;
create procedure lms.write_new(many int)
begin
  if (select is_on from lms.feature where name = 'ENABLE_CSMH_EXTENDED') then
    insert into edxapp_csmh.coursewarehistoryextended_studentmodulehistoryextended
      (version, created, state, grade, max_grade, student_module_id)
    select null, now(6), concat('{"live": "新 ', seq, '"}'), seq / 3, 1, 1 + seq % 400
    from seq_1_to_1000 where seq <= many;
  end if;
end;

create user edxapp001 identified by 'rehearsal-edxapp';
create user migrate identified by 'rehearsal-migrate';
create user history_admin identified by 'rehearsal-admin';
grant all on *.* to history_admin with grant option;
-- The administrator gives it the rights on the new database; it has none on the old one.
create user history_writer identified by 'rehearsal-history';
grant process, binlog monitor, slave monitor on *.* to history_writer;

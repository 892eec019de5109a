-- The default database of an LMS with the table its history has always been in, and the LMS itself as far
-- as it writes history (lms.write_old, lms.begin_old). target.sql has the other half.
--
-- Rows by n, 1 to @rows (3000 unless set before); m = n % 1000:
--   ids    a third is dense, from 2 460 000; a third sparse, 1 to 5000 apart; a third dense again, from
--          1 003 000 000; within each, every 97th id is missing
--   state  most of about 250 bytes; n % 50 = 7 of 20 KB; m = 103 of 1 MB; n % 11 = 0 null; n % 23 = 0 ''
--   text   n % 3 = 0 Japanese; n % 13 = 0 quotes, backslashes, tabs and line breaks; n % 17 = 0 blanks at the end
--   version  null as the LMS has it; n % 29 = 0 ''; n % 31 = 0 a blank
--   created  from 90 days ago until now, microseconds but for every seventh
--   grade, max_grade  null, 0, -0, 0.1, 1/3, 1e-7, 1e300, the largest whole number of a double

set @rows = coalesce(@rows, 3000);
create database edxapp character set utf8mb3 collate utf8mb3_general_ci;
create database if not exists lms;
use lms;
create table edxapp.courseware_studentmodule (
  id bigint unsigned not null auto_increment primary key,
  module_type varchar(32) not null
);
create table edxapp.courseware_studentmodulehistory (
  id int(11) not null auto_increment primary key,
  version varchar(255) null,
  created datetime(6) not null,
  state longtext null,
  grade double null,
  max_grade double null,
  student_module_id int(11) not null,
  key courseware_studentmodulehistory_version (version),
  key courseware_studentmodulehistory_created (created),
  key courseware_studentmodulehistory_student_module_id (student_module_id)
) engine = InnoDB default charset = utf8mb3;

insert into edxapp.courseware_studentmodulehistory
  (id, version, created, state, grade, max_grade, student_module_id)
select
  case
    when n <= @rows div 3 then 2460000 + n + n div 97
    when n <= 2 * @rows div 3 then 3000000 + 2500 * n + crc32(n) % 2500
    else 1003000000 + n + n div 97
  end,
  case when n % 29 = 0 then '' when n % 31 = 0 then ' ' end,
  date_sub(now(6), interval cast((@rows - n) * (90 * 86400 / @rows) as decimal(20, 6)) second)
    + interval if(n % 7 = 0, 0, crc32(concat('u', n)) % 1000000) microsecond,
  case
    when n % 11 = 0 then null
    when n % 23 = 0 then ''
    else concat(
      '{"correct_map": {}, "seed": ', n, ', "student_answers": {"i4x-', n, '": "',
      case
        when n % 3 = 0 then repeat('微分積分の答え。', 6)
        when n % 13 = 0 then 'a\\"b\\"\\\\c\td\ne'
        else repeat('answer ', 20)
      end,
      case when n % 1000 = 103 then repeat('0123456789abcdef', 65536)
        when n % 50 = 7 then repeat('long é ', 2500) else '' end,
      '"}}', if(n % 17 = 0, '   ', ''))
  end,
  elt(1 + n % 9, null, 0, -0e0, 0.1, 1e0 / 3, 1e-7, 1e300, 9007199254740992, 1),
  elt(1 + n % 4, null, 1, 3, 0.5),
  1 + n % 400
from (select seq as n from seq_1_to_10000000 where seq <= @rows) as numbered;

-- The LMS writes here while feature ENABLE_CSMH_EXTENDED is off. One of its workers is slow to commit.
create table if not exists lms.feature (name varchar(60) primary key, is_on bool not null);
insert ignore into lms.feature values ('ENABLE_CSMH_EXTENDED', 0);
create procedure lms.write_old(many int)
begin
  if (select not is_on from lms.feature where name = 'ENABLE_CSMH_EXTENDED') then
    insert into edxapp.courseware_studentmodulehistory
      (version, created, state, grade, max_grade, student_module_id)
    select null, now(6), concat('{"live": "生 ', seq, '"}'), seq / 3, 1, 1 + seq % 400
    from seq_1_to_1000 where seq <= many;
  end if;
end;
-- The feature is read before the transaction begins: in a procedure that locks its row.
create procedure lms.begin_old()
begin
  if (select not is_on from lms.feature where name = 'ENABLE_CSMH_EXTENDED') then
    start transaction;
    insert into edxapp.courseware_studentmodulehistory (created, state, student_module_id)
    values (now(6), '{"live": "late"}', 1);
  end if;
end;

-- Exactly the rights of the page: to copy, to see what is not committed yet, for the day of the removal, to
-- see how busy the server is.
create user history_copy identified by 'rehearsal-history';
grant select, delete, drop on edxapp.courseware_studentmodulehistory to history_copy;
grant lock tables on edxapp.* to history_copy;
grant process, binlog monitor, slave monitor on *.* to history_copy;

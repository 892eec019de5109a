-- Where events of a shop are kept; the writer has the rights the example's page names.
create database archive character set utf8mb4;
use archive;
create table events (
  id bigint unsigned not null auto_increment primary key,
  customer bigint not null,
  happened datetime(6) not null,
  amount double null,
  detail longtext null
);
create user writer identified by 'rehearsal-writer';
grant select, insert on archive.events to writer;
grant select, insert, update, create on archive.upgrade_runbooks_copy to writer;

--! Purpose: how far the copies into this database are; each row is moved in the transaction of the rows it is about
--! Rerun: safe, an existing table stays
--! Needs: the right CREATE in the database
--! Parameters: none
-- MySQL. A key has up to 20 digits, with or without a sign.
create table if not exists {{id:database}}.upgrade_runbooks_copy (
  run_id varchar(120) not null,
  range_name varchar(120) not null,
  phase varchar(10) not null,
  execution_arn varchar(500) not null,
  table_name varchar(140) not null,
  lo decimal(20, 0) not null,
  hi decimal(20, 0) not null,
  verified_to decimal(20, 0) not null,
  chunk_after decimal(20, 0) not null,
  fence bigint unsigned not null,
  chunk bigint unsigned not null,
  row_count bigint unsigned not null,
  inserted bigint unsigned not null,
  byte_count bigint unsigned not null,
  crc_xor bigint unsigned not null,
  md5_sum decimal(40, 0) not null,
  seconds double not null,
  paused varchar(2000) not null,
  ddl_hash char(64) not null,
  done tinyint not null,
  updated_at datetime(6) not null,
  primary key (run_id, range_name, phase)
) engine = InnoDB default charset = ascii collate = ascii_bin

-- Events of a shop: a dense half, then ids up to 10 000 apart; every 40th has a detail of 20 KB.
set @rows = coalesce(@rows, 1500);
create database shop character set utf8mb3;
use shop;
create table events (
  id bigint unsigned not null auto_increment primary key,
  customer bigint not null,
  happened datetime(6) not null,
  amount double null,
  detail longtext null
);
insert into events
select if(seq * 2 <= @rows, seq, @rows + 10000 * seq + crc32(seq) % 10000), 9007199254740993 + seq,
  timestamp '2024-01-01 00:00:00' + interval seq * 1000003 microsecond, if(seq % 7 = 0, null, seq / 3),
  if(seq % 11 = 0, null, concat('注文 ', repeat(md5(seq), if(seq % 40 = 0, 600, 8))))
from seq_1_to_1000000 where seq <= @rows;
create user reader identified by 'rehearsal-reader';
grant select on shop.events to reader;

-- Head of Alembic of Aspects 2.0 and later: its only migration from 0040 is empty upwards.
insert into xapi.alembic_version (version_num) values ('0041');

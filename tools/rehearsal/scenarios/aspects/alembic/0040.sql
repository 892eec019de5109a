-- Head of Alembic of Aspects 1.3.
insert into xapi.alembic_version (version_num) values ('0040');

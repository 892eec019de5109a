-- alembic downgrade 0040: what the migration 0041 takes away when it goes.
drop dictionary if exists reporting.dim_most_recent_course_tags;
drop dictionary if exists event_sink.dim_course_names;
insert into xapi.alembic_version (version_num) values ('0040');

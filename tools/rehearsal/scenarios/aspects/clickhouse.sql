-- What init has made of Aspects 1.3 before any model: databases, raw tables and functions as Alembic's revisions up to
-- 0040 make them. Rows come from rows.sql once the models are there, so that every materialized view has seen them.
create database xapi;
create database event_sink;
create database reporting;
create database openedx;

create table xapi.xapi_events_all (
  event_id UUID, emission_time DateTime64(6), event String
) engine = ReplacingMergeTree partition by toYYYYMM(emission_time) order by (emission_time, event_id);
create table xapi.alembic_version (version_num String, dt DateTime64(6) default now64(6))
engine = ReplacingMergeTree(dt) order by tuple();
create table openedx._tracking (time DateTime, message String) engine = MergeTree order by time;

create table event_sink.aspects_data (path String, content String, updated DateTime64(6) default now64(6))
engine = ReplacingMergeTree(updated) order by path;
create table event_sink.course_overviews (
  org String, course_key String, display_name String, dump_id UUID, time_last_dumped String
) engine = MergeTree primary key (org, course_key, time_last_dumped) order by (org, course_key, time_last_dumped);
create table event_sink.course_blocks (
  org String, course_key String, location String, display_name String, graded Bool, `order` Int32, dump_id UUID, time_last_dumped String
) engine = MergeTree order by (org, course_key, location, time_last_dumped);
create table event_sink.course_enrollment (
  id Int32, course_key String, created String, is_active Bool, mode LowCardinality(String), username String, user_id Int32,
  dump_id UUID, time_last_dumped String
) engine = MergeTree primary key (course_key, user_id, time_last_dumped) order by (course_key, user_id, time_last_dumped);
create table event_sink.course_relationships (
  course_key String, parent_location String, child_location String, `order` Int32, dump_id UUID, time_last_dumped String
) engine = MergeTree order by (course_key, parent_location, child_location);
create table event_sink.user_profile (id Int32, user_id Int32, name String, dump_id UUID, time_last_dumped String)
engine = MergeTree order by (user_id, time_last_dumped);
create table event_sink.external_id (external_user_id String, username String, user_id Int32, dump_id UUID, time_last_dumped String)
engine = MergeTree order by (user_id, time_last_dumped);
create table event_sink.tag (id Int32, taxonomy Int32, value String, dump_id UUID, time_last_dumped String)
engine = MergeTree order by (id, time_last_dumped);
create table event_sink.taxonomy (id Int32, name String, dump_id UUID, time_last_dumped String)
engine = MergeTree order by (id, time_last_dumped);
create table event_sink.object_tag (
  id Int32, object_id String, taxonomy Int32, tag Int32, modified String, dump_id UUID, time_last_dumped String
) engine = MergeTree order by (id, time_last_dumped);

create function if not exists get_org_from_course_url as (url) -> nullIf(extract(url, '/course-v1(?::|%3A)([^+%]+)'), '');
create function if not exists get_org_from_ccx_course_url as (url) -> nullIf(extract(url, '/ccx-v1(?::|%3A)([^+%]+)'), '');

-- What the warehouse remembers of COPY. Rows are written past the COPY's own transaction.
set allow_system_table_mods = on;
set client_min_messages = error;

create table rehearsal.load_history (
  user_id int, query_id bigint, session_id int, database_name text, status text, table_name text,
  start_time timestamp, end_time timestamp, data_source text, file_format text,
  loaded_rows bigint, loaded_bytes bigint, source_file_count int, error_count int,
  error_message text
);
create table rehearsal.load_error (
  user_id int, query_id bigint, session_id int, database_name text, table_id int,
  start_time timestamp, file_name text, line_number bigint, column_name text, column_type text,
  error_code int, error_message text, raw_field_value text
);
create function rehearsal.sees(owner int) returns boolean language sql stable as $$
  select owner = (select usesysid from pg_user where usename = current_user)
    or (select usesuper from pg_user where usename = current_user)
$$;

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_HISTORY.html
create view pg_catalog.sys_load_history as
select
  user_id, query_id, query_id as transaction_id, session_id, database_name, status, table_name,
  start_time, end_time,
  (extract(epoch from end_time - start_time) * 1000000)::bigint as duration,
  data_source, file_format, loaded_rows, loaded_bytes, source_file_count, error_count, error_message
from rehearsal.load_history where rehearsal.sees(user_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_ERROR_DETAIL.html
create view pg_catalog.sys_load_error_detail as
select
  user_id, query_id, query_id as transaction_id, session_id, database_name, table_id, start_time,
  file_name::character(256), line_number, column_name::character(127),
  column_type::character(10), substring(column_type from '\((.*)\)')::character(10) as column_length,
  0 as position, error_code, error_message::character(512)
from rehearsal.load_error where rehearsal.sees(user_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_ERRORS.html
create view pg_catalog.stl_load_errors as
select
  user_id as userid, 0 as slice, table_id as tbl, start_time as starttime, session_id as session,
  query_id as query, file_name::character(256) as filename, line_number,
  column_name::character(127) as colname, column_type::character(10) as type,
  raw_field_value::character(1024) as raw_field_value, error_code as err_code,
  error_message::character(100) as err_reason
from rehearsal.load_error where rehearsal.sees(user_id);
grant select on pg_catalog.sys_load_history, pg_catalog.sys_load_error_detail,
  pg_catalog.stl_load_errors to public;

-- https://docs.aws.amazon.com/redshift/latest/dg/PG_LAST_COPY_COUNT.html
create function pg_catalog.pg_last_copy_count() returns bigint language sql volatile as $$
  select coalesce(nullif(current_setting('rehearsal.last_copy', true), ''), '0')::bigint
$$;

reset allow_system_table_mods;
reset client_min_messages;

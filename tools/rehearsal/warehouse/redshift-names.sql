-- Names Redshift has and PostgreSQL lacks, made in each database before a scenario's own SQL.
-- They live in pg_catalog, as in Redshift: no search path hides them.
set allow_system_table_mods = on;
set client_min_messages = error;

create schema if not exists rehearsal;
grant usage on schema rehearsal to public;

create domain pg_catalog.super as jsonb;

-- Time -------------------------------------------------------------------------------------------
-- The rehearsal's clock may be ahead of the computer's: each session is told by how much.
create function rehearsal.now() returns timestamp language sql volatile as $$
  select (clock_timestamp() at time zone 'UTC')
    + coalesce(nullif(current_setting('rehearsal.clock_offset', true), ''), '0')::float8
    * interval '1 millisecond'
$$;
-- Whole seconds, and it moves between the statements of a procedure.
create function pg_catalog.getdate() returns timestamp language sql volatile as $$
  select date_trunc('second', rehearsal.now())
$$;
create function pg_catalog.sysdate() returns timestamp language sql volatile as $$
  select rehearsal.now()
$$;

-- Text and SUPER ---------------------------------------------------------------------------------
create function pg_catalog.json_parse(value text) returns super language sql immutable as $$
  select value::jsonb
$$;
create function pg_catalog.json_serialize(value super) returns text language sql immutable as $$
  select value::text
$$;

-- Bases 10 and 16; another one fails and names itself.
create function pg_catalog.strtol(value text, base int) returns bigint
language sql immutable strict parallel safe as $$
  select case base when 16 then ('x' || lpad(value, 16, '0'))::bit(64)::bigint
    when 10 then value::bigint else ('base ' || base)::bigint end
$$;

create function rehearsal.listagg_add(state text, value text, separator text) returns text
language sql immutable as $$
  select case when value is null then state else coalesce(state || separator, '') || value end
$$;
create function rehearsal.listagg_add(state text, value text) returns text
language sql immutable as $$
  select case when value is null then state else coalesce(state, '') || value end
$$;
create function rehearsal.listagg_end(state text) returns text language plpgsql immutable as $$
begin
  if octet_length(state) > 65535 then
    raise exception 'Result size exceeds LISTAGG limit';
  end if;
  return state;
end $$;
create aggregate pg_catalog.listagg(text) (
  sfunc = rehearsal.listagg_add, stype = text, finalfunc = rehearsal.listagg_end
);
create aggregate pg_catalog.listagg(text, text) (
  sfunc = rehearsal.listagg_add, stype = text, finalfunc = rehearsal.listagg_end
);

-- History of statements: written by the Data API's stand-in, seven days are shown --------------
create table rehearsal.query_history (
  query_id bigint generated always as identity (start with 1000) primary key,
  user_id int not null,
  session_id int,
  database_name text not null,
  query_type text not null,
  query_text text not null,
  status text not null,
  start_time timestamp not null,
  end_time timestamp,
  queue_time bigint not null default 0,
  error_message text,
  returned_rows bigint
);
-- What a scenario says about the capacity that was used before it begins.
create table rehearsal.serverless_usage (
  start_time timestamp not null,
  end_time timestamp not null,
  compute_seconds double precision not null,
  compute_capacity double precision not null
);
create view pg_catalog.sys_query_history as
select
  user_id, query_id, query_id as transaction_id, session_id, database_name, query_type, status,
  start_time, coalesce(end_time, rehearsal.now()) as end_time,
  (extract(epoch from coalesce(end_time, rehearsal.now()) - start_time) * 1000000)::bigint
    as elapsed_time,
  queue_time,
  (extract(epoch from coalesce(end_time, rehearsal.now()) - start_time) * 1000000)::bigint
    as execution_time,
  coalesce(error_message, '') as error_message, returned_rows, query_text
from rehearsal.query_history
where start_time > rehearsal.now() - interval '7 days'
  and (
    user_id = (select usesysid from pg_user where usename = current_user)
    or (select usesuper from pg_user where usename = current_user)
  );
grant select on pg_catalog.sys_query_history to public;

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_SERVERLESS_USAGE.html: superusers only, as here
create view pg_catalog.sys_serverless_usage as
select start_time, end_time, compute_seconds, compute_capacity from rehearsal.serverless_usage;
revoke all on pg_catalog.sys_serverless_usage from public;

-- Sessions: https://docs.aws.amazon.com/redshift/latest/dg/SYS_CONNECTION_LOG.html, superusers only
create function rehearsal.sessions() returns table (pid int, began timestamp, application text)
language sql stable security definer as $$
  select pid, backend_start at time zone 'UTC', application_name from pg_stat_activity
  where backend_type = 'client backend'
$$;
create view pg_catalog.sys_session_history as
select pid as session_id, began as start_time, 'active' as status from rehearsal.sessions();
create view pg_catalog.sys_connection_log as
select pid as session_id, began as record_time, application as application_name
from rehearsal.sessions();
grant select on pg_catalog.sys_session_history to public;
revoke all on pg_catalog.sys_connection_log from public;

-- Users of IAM roles are made at their first call, as GetCredentials of Redshift Serverless does -
create procedure rehearsal.ensure_user(name text) language plpgsql as $$
begin
  if not exists (select from pg_roles where rolname = name) then
    execute format('create role %I login', name);
  end if;
-- Rehearsals that share a server may make the same user at the same time.
exception
  when duplicate_object or unique_violation then null;
end $$;

-- Faults: a write to a table fails when the session was told so ----------------------------------
create function rehearsal.fail_write() returns trigger language plpgsql as $$
declare
  pattern text := current_setting('rehearsal.fail_write_to', true);
begin
  if tg_table_name ~ pattern and pattern <> '' then
    raise exception '%', current_setting('rehearsal.fail_message', true);
  end if;
  return null;
end $$;
-- Every permanent table is watched from its creation on, also those a procedure creates.
create function rehearsal.watch_table() returns event_trigger language plpgsql as $$
declare
  made record;
begin
  for made in
    select objid::regclass as name from pg_event_trigger_ddl_commands()
    where object_type = 'table' and schema_name not in ('pg_temp', 'rehearsal')
  loop
    execute format(
      'create trigger rehearsal_fail_write before insert or update or delete on %s '
      'for each statement execute function rehearsal.fail_write()', made.name);
  end loop;
end $$;
create event trigger rehearsal_watch_table on ddl_command_end
  when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
  execute function rehearsal.watch_table();

reset allow_system_table_mods;
reset client_min_messages;

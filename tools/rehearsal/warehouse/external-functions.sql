-- Lambda UDFs, the side of the database. A function made by CREATE EXTERNAL FUNCTION (external-ddl.ts)
-- hands each row to rehearsal.external_call. Messages reach the rehearsal's own process while the
-- statement still runs, as INFO with a code of their own; answers come back through a table, which
-- another connection fills: each query of a volatile function sees what was committed before it.
--
-- PostgreSQL evaluates row by row, Redshift in batches. So a statement is tried in passes: calls
-- without an answer yet are collected and return NULL, the pass is undone, the collected rows are sent
-- in batches, and the statement is tried again, until no answer is missing.

set allow_system_table_mods = on;

-- Its functions are PL/pgSQL under Redshift's name for the language.
create trusted language exfunc handler plpgsql_call_handler validator plpgsql_validator;
revoke usage on language exfunc from public;

-- Who is no superuser needs this as well. A scenario writes it.
create table rehearsal.system_privilege (system_privilege text, identity_name name);
create function rehearsal.mine(identity name) returns boolean language sql stable as $$
  select rolsuper or pg_has_role(rolname, identity, 'member') from pg_roles where rolname = current_user
$$;
create view pg_catalog.svv_system_privileges as
select system_privilege, oid::int as identity_id, identity_name::text, 'role' as identity_type
from rehearsal.system_privilege join pg_roles on rolname = identity_name
where rehearsal.mine(identity_name);
create view pg_catalog.svv_language_privileges as
select lanname::text as language_name, privilege_type, grantee::int as identity_id,
  rolname::text as identity_name, case when rolcanlogin then 'user' else 'role' end as identity_type,
  is_grantable as admin_option
from pg_language, aclexplode(lanacl) join pg_roles as r on r.oid = grantee
where rehearsal.mine(rolname);
grant select on pg_catalog.svv_system_privileges, pg_catalog.svv_language_privileges to public;

create function rehearsal.watch_external() returns event_trigger language plpgsql as $$
declare
  source text;
begin
  select p.prosrc into source from pg_event_trigger_ddl_commands() as d
  join pg_proc as p on p.oid = d.objid and d.classid = 'pg_proc'::regclass
  join pg_language as l on l.oid = p.prolang where l.lanname = 'exfunc';
  if source is null or (select rolsuper from pg_roles where rolname = current_user) then
    return;
  elsif source ~ '"replaces":true' then
    raise exception 'must be superuser to replace an external function';
  elsif not exists (select from svv_system_privileges
    where system_privilege ~ '^CREATE (OR REPLACE )?EXTERNAL FUNCTION$')
  then
    raise exception 'permission denied to create external function';
  end if;
end $$;
create event trigger rehearsal_watch_external on ddl_command_end when tag in ('CREATE FUNCTION')
  execute function rehearsal.watch_external();

-- Python functions: new ones are refused; a scenario makes its existing ones, in PL/pgSQL, under
-- "set check_function_bodies = off".
create function rehearsal.refuse_python(oid) returns void language plpgsql as $$
begin
  if current_setting('check_function_bodies')::boolean then
    raise exception 'Create function is not supported for language plpythonu anymore.';
  end if;
end $$;
create trusted language plpythonu handler plpgsql_call_handler validator rehearsal.refuse_python;

-- Never vacuumed: once it was found empty, plans would read it as a whole for each row.
create unlogged table rehearsal.external_answer (
  pid int, id uuid, result text, error text, primary key (pid, id)
) with (autovacuum_enabled = off);
grant select on rehearsal.external_answer to public;

-- The session is over. Its room is taken back when nobody else needs the table.
create procedure rehearsal.external_forget(session int) language plpgsql as $$
begin
  delete from rehearsal.external_answer where pid = session;
  if pg_relation_size('rehearsal.external_answer') > 1000000 then
    perform set_config('lock_timeout', '20ms', true);
    lock table rehearsal.external_answer in access exclusive mode;
    if not exists (select from rehearsal.external_answer) then
      truncate rehearsal.external_answer;
    end if;
  end if;
exception when lock_not_available then
  delete from rehearsal.external_answer where pid = session;
end $$;

create view rehearsal.external_function as
select p.oid, nspname || '.' || proname as name, substring(prosrc from '-- ([^\n]*)') as definition
from pg_proc as p join pg_namespace as n on n.oid = pronamespace
join pg_language as l on l.oid = prolang where lanname = 'exfunc';
grant select on rehearsal.external_function to public;

-- Waits for the answer of a question the process was asked.
create function rehearsal.external_wait(ticket uuid) returns text
language plpgsql as $$
declare
  answer record;
begin
  loop
    select * into answer from rehearsal.external_answer where pid = pg_backend_pid() and id = ticket;
    exit when found;
    perform pg_sleep(0.001);
  end loop;
  if answer.error is not null then
    raise exception '%', answer.error;
  end if;
  return answer.result;
end $$;

create function rehearsal.external_tell(what text) returns void language plpgsql as $$
begin
  raise info using errcode = 'RXF01', message = what;
end $$;

create function rehearsal.external_call(routine oid, arguments text) returns text
language plpgsql as $$
declare
  row_text text := routine || ' ' || arguments;
  answer record;
  made record;
  ticket uuid;
  waiting text;
begin
  if coalesce(current_setting('rehearsal.pass', true), '') = '' then
    ticket := gen_random_uuid();
    -- Nobody else sees the function yet when this transaction made it.
    select * into made from rehearsal.external_function where oid = routine;
    perform rehearsal.external_tell(
      format(E'call %s\n%s\n%s\n%s', ticket, row_text, made.name, made.definition));
    return rehearsal.external_wait(ticket);
  end if;
  if current_setting('rehearsal.passes') <> '0' then
    select * into answer from rehearsal.external_answer
    where pid = pg_backend_pid() and id = md5(row_text)::uuid;
    if found then
      return answer.result;
    end if;
  end if;
  waiting := current_setting('rehearsal.missing');
  if waiting = '' then
    perform set_config('rehearsal.missing', routine::text, false);
    -- Goes away with the pass.
    create temp table rehearsal_rows (line text);
  -- NULL may be what another function's missing answer looks like: it is asked for in a later pass.
  elsif waiting <> routine::text and arguments::jsonb @> '[null]' then
    return null;
  end if;
  insert into pg_temp.rehearsal_rows values (row_text);
  return null;
end $$;

-- A pass: begin, statement, end; what was done without all answers is undone.
create function rehearsal.pass_begin() returns void language plpgsql as $$
begin
  if coalesce(current_setting('rehearsal.passes', true), '') in ('', '0') then
    perform set_config('rehearsal.passes', '0', false), rehearsal.external_tell('new');
  end if;
  perform set_config('rehearsal.pass', 'on', false), set_config('rehearsal.missing', '', false);
end $$;

-- False: answers are missing. It must not raise: PL/pgSQL evaluates an expression that failed in another
-- way the next time, which loses the row count of the statement before.
create function rehearsal.pass_end() returns boolean language plpgsql as $$
declare
  lines text;
begin
  if current_setting('rehearsal.missing') <> '' then
    for lines in
      select string_agg(line, E'\n' order by n)
      from (select line, row_number() over () as n from pg_temp.rehearsal_rows) as numbered
      group by n / 500 order by n / 500
    loop
      perform rehearsal.external_tell(E'rows\n' || lines);
    end loop;
    return false;
  end if;
  perform set_config('rehearsal.pass', '', false), set_config('rehearsal.passes', '0', false);
  return true;
end $$;
create function rehearsal.pass_undo() returns void language plpgsql as $$
begin
  raise exception using errcode = 'RXF02', message = 'answers of external functions are missing';
end $$;

-- Between two passes, outside of what was undone. Time may have passed since.
create function rehearsal.pass_answers() returns void language plpgsql as $$
declare
  ticket uuid := gen_random_uuid();
  passes int := coalesce(nullif(current_setting('rehearsal.passes', true), ''), '0')::int + 1;
begin
  if passes > 10 then
    raise exception 'external functions are called with other arguments each time';
  end if;
  perform set_config('rehearsal.passes', passes::text, false);
  perform rehearsal.external_tell('settle ' || ticket);
  perform set_config('rehearsal.clock_offset', rehearsal.external_wait(ticket), false);
end $$;

reset allow_system_table_mods;

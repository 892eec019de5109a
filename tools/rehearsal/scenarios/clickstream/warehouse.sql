-- What the data warehouse of Clickstream Analytics on AWS holds: legacy tables with data, and either the
-- schema of v1.1.5 or that of the version after it, with empty new tables and the migration procedures.
-- The new schema's own SQL stands in schema/, one element of the solution's list a file; the rehearsal
-- puts it into scenario.schema_sql before this text runs. Plain PostgreSQL. Procedures are written anew
-- from their observable behaviour: what they log, commit, swallow and rethrow. NONATOMIC in PostgreSQL:
-- each step runs in a block of its own that keeps the error, the commit follows outside of it (none is
-- allowed inside), and an error is logged but not raised again. A query that is cancelled is no such
-- error: it leaves the procedure at once, as in Redshift.
--
-- rehearsal_make_app(app, events)   a schema with everything and that many legacy events;
--                                   events null: an app registered after the upgrade, no legacy tables
-- Settings (alter database … set …, or --rows for the first):
--   rehearsal.rows         legacy events of app shop, default 100000
--   rehearsal.schema       upgraded (default): app shop, its pipeline was upgraded from v1.1.5; or
--                          legacy: apps shop and order of v1.1.5, nothing upgraded; or
--                          migrated: as upgraded, and the data are in the new tables
--   rehearsal.chunk_rows   events of one call of sp_migrate_event_to_v2, default 100000000
--   rehearsal.python       the solution's Python functions: missing (default), since Redshift makes none
--                          any more; or refused: there, but every call fails

create role "IAMR:clickstream-redshift-data-api" login createdb;
create role "IAMR:clickstream-redshift-admin" login superuser;
create role clickstream_bi_ab12cd34 login;

do $$
begin
  execute format('grant create on database %I to "IAMR:clickstream-redshift-data-api"',
    current_database());
end $$;

grant usage on schema scenario to public;

-- Types as the solution's schema files name them, in short.
create function scenario.columns(codes text) returns text language sql immutable as $$
  select string_agg(
    quote_ident(split_part(code, ':', 1)) || ' ' || case
      when type ~ '^v' then 'varchar(' || substr(type, 2) || ')'
      else case type
        when 'b' then 'bigint' when 'i' then 'int' when 'd' then 'double precision'
        when 't' then 'timestamp' when 'D' then 'date' when 'B' then 'boolean' when 'S' then 'super'
      end
    end || case when code ~ '!' then ' not null' when code ~ '=now' then ' default getdate()' else '' end,
    ', ' order by position)
  from regexp_split_to_table(trim(codes), '\s+') with ordinality as listed (code, position),
    substring(code from ':([a-zA-Z]\d*)') as type
$$;

-- Redshift refuses ANALYZE of a table of somebody else, PostgreSQL only warns.
create function scenario.analyze(name text) returns void language plpgsql as $$
begin
  if not pg_has_role(current_user, (select relowner from pg_class where oid = name::regclass), 'usage')
  then
    raise exception 'must be owner of table %', split_part(name, '.', 2);
  end if;
  execute 'analyze ' || name;
end $$;

create function scenario.whole_seconds(msec bigint) returns timestamp language sql immutable as $$
  select timestamp 'epoch' + (msec / 1000) * interval '1 second'
$$;

create function scenario.days_ago_msec(days int) returns bigint language sql volatile as $$
  select (extract(epoch from getdate() - days * interval '1 day') * 1000)::bigint
$$;

create function scenario.msec(at timestamp) returns bigint language sql immutable as $$
  select (extract(epoch from at) * 1000)::bigint
$$;

-- Life ---------------------------------------------------------------------------------------------
-- Events that arrive in the course of a rehearsal. Each is taken by one data processing job, which
-- writes files; each file is loaded into one table.
-- Events of the old tables, remembered where no clean-up reaches them.
create table scenario.made (app varchar(127), event_id varchar(255));
create table scenario.arrivals (
  event_id varchar(255) primary key, app varchar(127) not null, happened_at timestamp not null,
  event_name varchar(255) not null, user_pseudo_id varchar(255) not null,
  session_id varchar(255) not null, job varchar(64)
);
create table scenario.files (
  uri varchar(1024) primary key, app varchar(127) not null, "table" varchar(127) not null,
  job varchar(64) not null, status varchar(20) not null default 'NEW'
);
-- Tables the load workflow of the installed version looks at, and jobs it hears of the end of.
create table scenario.loadable ("table" varchar(127) primary key);
create table scenario.running_jobs (job varchar(64) primary key);
grant select on scenario.arrivals, scenario.files to public;

create function scenario.loaded(uri varchar) returns setof scenario.arrivals language sql stable as $$
  select a.* from scenario.arrivals as a join scenario.files as f on f.job = a.job and f.app = a.app
  where f.uri = $1
$$;

create function scenario.is_migrating(app text) returns boolean language sql stable as $$
  select exists (select from sys_query_history where status = 'running'
    and query_text ~* 'call\\s' and strpos(replace(query_text, '"', ''),
      replace(app, '"', '') || '.sp_migrate_') > 0)
$$;

-- What the load workflow of v1.1.5 does with a file.
create procedure scenario.load_legacy(uri varchar) language plpgsql as $$
declare
  app text;
  name text;
begin
  select f.app, f."table" into app, name from scenario.files as f where f.uri = load_legacy.uri;
  case name
    when 'event' then
      execute format($sql$
        insert into %1$I.event (event_id, event_date, event_timestamp, event_name, ingest_timestamp,
          device, geo, traffic_source, app_info, platform, project_id, user_pseudo_id)
        select event_id, happened_at::date, scenario.msec(happened_at), event_name,
          scenario.msec(happened_at), '{}', '{}', '{}', jsonb_build_object('app_id', app), 'Web',
          current_database(), user_pseudo_id
        from scenario.loaded(%2$L)$sql$, app, uri);
    when 'event_parameter' then
      execute format($sql$
        insert into %1$I.event_parameter (event_timestamp, event_id, event_name, event_param_key,
          event_param_int_value, event_param_string_value)
        select scenario.msec(happened_at), event_id, event_name, key, whole, text
        from scenario.loaded(%2$L), lateral (values ('_session_id', null::bigint, session_id),
          ('_session_number', 1, null), ('color', null, 'red')) as p (key, whole, text)$sql$, app, uri);
    when 'user' then
      execute format($sql$
        insert into %1$I."user" (event_timestamp, user_pseudo_id, user_first_touch_timestamp,
          _first_visit_date, _first_traffic_source)
        select scenario.msec(min(happened_at)), user_pseudo_id, scenario.msec(min(happened_at)),
          min(happened_at)::date, 'direct'
        from scenario.loaded(%2$L) as l
        where not exists (select from %1$I."user" as u where u.user_pseudo_id = l.user_pseudo_id)
        group by user_pseudo_id$sql$, app, uri);
    else null;
  end case;
end $$;

-- Arrived events that are in no table of events and that nothing will bring there any more: not waiting
-- for a job, not in a job that runs, not in a file that is still to be loaded.
create function scenario.lost() returns setof scenario.arrivals language plpgsql as $$
declare
  arrival scenario.arrivals;
  name text;
  found_it boolean;
begin
  for arrival in
    select * from scenario.arrivals as a where job is not null
      and job not in (select r.job from scenario.running_jobs as r)
      and not exists (select from scenario.files as f join scenario.loadable using ("table")
        where f.job = a.job and f.app = a.app and f."table" in ('event', 'event_v2')
          and f.status <> 'LOADED')
  loop
    found_it := false;
    foreach name in array array['event', 'event_v2'] loop
      if not found_it and to_regclass(format('%I.%I', arrival.app, name)) is not null then
        execute format('select exists (select from %I.%I where event_id = $1)', arrival.app, name)
          into found_it using arrival.event_id;
      end if;
    end loop;
    if not found_it then return next arrival; end if;
  end loop;
end $$;

-- Arrived events that stand more than once in a table.
create function scenario.doubled() returns table (app text, name text, event_id text, n bigint)
language plpgsql as $$
declare
  place record;
begin
  for place in
    select schemaname, tablename from pg_tables where tablename in ('event', 'event_v2')
      and schemaname in (select a.app from scenario.arrivals as a)
  loop
    return query execute format(
      'select %1$L::text, %2$L::text, e.event_id::text, count(*) from %1$I.%2$I as e '
      'join scenario.arrivals as a on a.event_id = e.event_id and a.app = %1$L '
      'group by e.event_id having count(*) > 1', place.schemaname, place.tablename);
  end loop;
end $$;

-- Legacy -------------------------------------------------------------------------------------------
create function scenario.make_legacy_tables(app text) returns void language plpgsql as $$
begin
  execute format('create table %I.event (%s)', app, scenario.columns('
    event_id:v255 event_date:D event_timestamp:b event_previous_timestamp:b event_name:v255
    event_value_in_usd:d event_bundle_sequence_id:b ingest_timestamp:b device:S geo:S
    traffic_source:S app_info:S platform:v255 project_id:v255 items:S user_pseudo_id:v255
    user_id:v255'));
  execute format('create table %I.event_parameter (%s)', app, scenario.columns('
    event_timestamp:b event_id:v255 event_name:v255 event_param_key:v255
    event_param_double_value:d event_param_float_value:d event_param_int_value:b
    event_param_string_value:v4096'));
  execute format('create table %I.item (%s)', app, scenario.columns('
    event_timestamp:b id:v255 properties:S'));
  execute format('create table %I."user" (%s)', app, scenario.columns('
    event_timestamp:b user_id:v255 user_pseudo_id:v255 user_first_touch_timestamp:b
    user_properties:S user_ltv:S _first_visit_date:D _first_referer:v255
    _first_traffic_source_type:v255 _first_traffic_medium:v255 _first_traffic_source:v255
    device_id_list:S _channel:v255'));
  execute format('create table %I.clickstream_log (%s)', app, scenario.columns('
    id:v256 log_name:v50 log_level:v10 log_msg:v256 log_date:t=now'));
end $$;

-- Views that the upgrade drops, and procedures that only its clean-up does.
create function scenario.make_legacy_objects(app text) returns void language plpgsql as $$
declare
  name text;
begin
  execute format('create procedure %I.sp_clear_expired_events(retention_range_days int) '
    'language sql as ''delete from %1$I.event where event_timestamp < '
    'scenario.days_ago_msec(retention_range_days)''', app);
  execute format('create procedure %I.sp_clear_item_and_user() language sql as '
    '''delete from %1$I.item where id is null''', app);
  foreach name in array string_to_array('lifecycle_daily_view_v2 lifecycle_weekly_view_v2 '
    'session_view_v2 user_attr_view_v1 user_dim_view_v1 event_view_v2', ' ') loop
    execute format('create view %I.%I as select event_date, count(*) as events from %1$I.event '
      'group by event_date', app, 'clickstream_' || name);
  end loop;
  foreach name in array string_to_array('device_view_v1 event_view_v1 event_parameter_view_v1 '
    'lifecycle_view_v1 lifecycle_daily_view_v1 lifecycle_weekly_view_v1 path_view_v1 '
    'retention_view_v1 session_view_v1 session_path_view_v1 user_event_view_v1 '
    'user_retention_view_v1 retention_view_v2', ' ') loop
    execute format('create materialized view %I.%I as select event_date, event_name from %1$I.event '
      'group by event_date, event_name with no data', app, 'clickstream_' || name);
  end loop;
end $$;

-- Functions ----------------------------------------------------------------------------------------
-- Python functions that an upgrade made while Redshift still did.
create function scenario.make_python_functions(app text) returns void language plpgsql
set check_function_bodies = off as $make$
declare
  made record;
begin
  for made in select * from (values
    ('combine_json_list', 's varchar'), ('rm_object_props', 'o varchar, props_list varchar'),
    ('transform_event_custom_props', 's varchar'), ('transform_user_custom_props', 's varchar'),
    ('convert_json_list', 'json_in varchar'),
    ('parse_utm_from_url', 'url varchar, referrer varchar, latest_referrer varchar')
  ) as listed (name, arguments) loop
    execute format($sql$
      create function %I.%I(%s) returns varchar stable language plpythonu as $$
      begin
        raise exception 'Function call is not supported for language plpythonu anymore.';
      end $$$sql$, app, made.name, made.arguments);
  end loop;
end $make$;

-- Data ---------------------------------------------------------------------------------------------
-- The same for each number of events, but for the end of the 30 days. Five events are a session,
-- ten sessions a user; seven of ten users are on the web.
create function scenario.make_data(app text, events int) returns void language plpgsql as $make$
declare
  users int := greatest(1, events / 50);
  base bigint := scenario.days_ago_msec(30) + 43200000;
  apart float8 := 2548800000.0 / greatest(events, 1);
begin
  execute format('set local search_path = %I, public', app);
  create temp table plan on commit drop as
  select i, s, u, session_number, i % 5 as pos, base + (i * apart)::bigint as at,
    base + (s * 5 * apart)::bigint as session_at, md5(app || '-' || i)::uuid::text as event_id,
    left(md5(app || '-user-' || u), 20) as user_pseudo_id, platform,
    case
      when i % 5 = 0 and session_number = 1 then '_first_open'
      when i % 5 = 1 then '_session_start'
      when i % 5 = 3 then 'view_item'
      when i % 5 = 4 and s % 3 = 0 then 'purchase'
      when i % 5 = 4 then '_user_engagement'
      when platform = 'Web' then '_page_view'
      else '_screen_view'
    end as name
  from generate_series(0, events - 1) as i,
    lateral (select i / 5 as s, i / 5 / users + 1 as session_number,
      ((i / 5)::bigint * 7919 % users)::int as u) as who,
    lateral (select case when u % 10 < 7 then 'Web' when u % 10 < 9 then 'Android' else 'iOS' end
      as platform) as device;

  insert into event (event_id, event_date, event_timestamp, event_previous_timestamp, event_name,
    event_value_in_usd, event_bundle_sequence_id, ingest_timestamp, device, geo, traffic_source,
    app_info, platform, project_id, items, user_pseudo_id, user_id)
  select event_id, scenario.whole_seconds(at)::date, at, at - apart::bigint, name,
    case name when 'purchase' then 10 + i % 90 end, i, at + 60000,
    d.device, d.geo, '{"medium": "organic", "name": "(none)", "source": "web"}', d.app_info,
    platform, 'my_project_ab12', case when name in ('view_item', 'purchase') then
      jsonb_build_array(jsonb_build_object('id', 'sku-' || i % 400, 'quantity', 1 + i % 3,
        'price', 5 + i % 400, 'currency', 'USD', 'creative_name', 'banner-' || i % 7,
        'creative_slot', 'top', 'name', 'Item ' || i % 400, 'category', 'cat-' || i % 400 % 12))
      end, user_pseudo_id, case when u % 4 = 0 then 'member-' || u end
  from plan
  join (
    select u, jsonb_build_object('mobile_brand_name', m, 'mobile_model_name', m || ' ' || u % 9,
      'manufacturer', m, 'network_type', 'WIFI', 'operating_system', o,
      'operating_system_version', (10 + u % 5)::text, 'vendor_id', 'v' || u,
      'system_language', 'en', 'time_zone_offset_seconds', 3600 * (u % 9),
      'ua_browser', case when o = 'Web' then 'Chrome' end, 'screen_width', 1280 + u % 640,
      'screen_height', 800, 'viewport_width', 1200, 'viewport_height', 700) as device,
      jsonb_build_object('city', 'City ' || u % 50, 'country', (array['Germany', 'Japan',
        'Brazil', 'Kenya'])[1 + u % 4], 'continent', (array['Europe', 'Asia', 'South America',
        'Africa'])[1 + u % 4], 'locale', 'en_US') as geo,
      jsonb_build_object('app_id', app, 'id', 'com.example.' || app, 'install_source',
        case when o = 'Web' then null else 'store' end, 'version', '1.' || u % 6) as app_info
    from generate_series(0, users - 1) as u,
      lateral (select case when u % 10 < 7 then 'Web' when u % 10 < 9 then 'Android' else 'iOS' end
        as o, 'Brand ' || u % 11 as m) as made
  ) as d using (u);

  insert into event_parameter (event_timestamp, event_id, event_name, event_param_key,
    event_param_double_value, event_param_int_value, event_param_string_value)
  select at, event_id, name, key, real, whole, text
  from plan, lateral (values
    ('_session_id', null::float8, null::bigint, left(user_pseudo_id, 8) || '-' || s, true),
    ('_session_number', null, session_number, null, true),
    ('_session_start_timestamp', null, session_at, null, pos < 3),
    ('_page_url', null, null, 'https://www.example.com/product/' || u % 500 || case s % 4
      when 0 then '?utm_source=newsletter&utm_medium=email' else '' end, platform = 'Web' and pos < 3),
    ('_latest_referrer', null, null, 'https://www.google.com/search?q=shoes',
      platform = 'Web' and s % 4 = 1 and pos < 3),
    ('_screen_name', null, null, 'Screen ' || u % 20, platform <> 'Web' and pos < 3),
    ('_engagement_time_msec', null, 500 + i % 5000, null, pos = 4),
    ('color', null, null, (array['red', 'green', 'blue'])[1 + i % 3], pos = 3),
    ('score', (i % 100) / 4.0, null, null, pos >= 3),
    ('_entrances', null, null, 'true', pos = 2)
  ) as parameter (key, real, whole, text, wanted)
  where wanted;

  insert into item (event_timestamp, id, properties)
  select at, 'sku-' || i % 400, jsonb_build_array(
    jsonb_build_object('key', 'name', 'value', jsonb_build_object('string_value', 'Item ' || i % 400)),
    jsonb_build_object('key', 'brand', 'value', jsonb_build_object('string_value', 'Brand ' || i % 23)),
    jsonb_build_object('key', 'material', 'value', jsonb_build_object('string_value', 'wool')))
  from plan where name in ('view_item', 'purchase');

  insert into "user" (event_timestamp, user_id, user_pseudo_id, user_first_touch_timestamp,
    user_properties, _first_visit_date, _first_referer, _first_traffic_source,
    _first_traffic_medium)
  select at, case when u % 4 = 0 then 'member-' || u end, user_pseudo_id,
    min(at) over (partition by u), jsonb_build_array(
      jsonb_build_object('key', 'plan', 'value', jsonb_build_object(
        'string_value', (array['free', 'pro'])[1 + u % 2], 'set_timestamp_micros', at)),
      jsonb_build_object('key', 'visits', 'value', jsonb_build_object(
        'int_value', session_number, 'set_timestamp_micros', at))),
    scenario.whole_seconds(min(at) over (partition by u))::date, 'https://www.google.com/',
    'google', 'organic'
  from plan where pos = 0 and session_number <= 2;

  insert into scenario.made select app, event_id from event;
  -- A scenario may make several apps in one transaction.
  drop table plan;
  refresh materialized view user_m_view;
  refresh materialized view item_m_view;
end $make$;

-- What the migration leaves behind, as far as anybody compares it.
create function scenario.make_migrated(app text) returns void language plpgsql as $make$
declare
  info constant text := '{"backfill_start_time":"2026-01-01","backfill_end_time":"2026-01-01"}';
  name text;
begin
  set local role "IAMR:clickstream-redshift-data-api";
  execute replace(replace(replace($sql$
    insert into {app}.event_v2 (event_timestamp, event_id, event_time_msec, event_name, project_id,
      app_id, user_pseudo_id, process_info)
    select timestamp 'epoch' + event_timestamp * interval '1 ms', event_id, event_timestamp, event_name,
      'rehearsed', {lit}, user_pseudo_id, $info from {app}.event;
    insert into {app}.item_v2 (event_timestamp, event_id, event_name, user_pseudo_id, item_id, process_info)
    select timestamp 'epoch' + e.event_timestamp * interval '1 ms', e.event_id, e.event_name,
      e.user_pseudo_id, i ->> 'id', $info from {app}.event e, jsonb_array_elements(e.items) i;
    insert into {app}.user_v2 (event_timestamp, user_pseudo_id, process_info)
    select timestamp 'epoch' + event_timestamp * interval '1 ms', user_pseudo_id, $info
    from {app}.user_m_view;
    create table {app}.tmp_backfill_trace (min_event_timestamp bigint not null,
      max_event_timestamp bigint not null, start_time timestamp not null, row_count bigint not null,
      status varchar not null, end_time timestamp);
    insert into {app}.tmp_backfill_trace select min(event_timestamp), max(event_timestamp), getdate(),
      count(*), 'done', getdate() from {app}.event;
    insert into {app}.clickstream_event_base_view (event_timestamp, event_id)
    select event_timestamp, event_id from {app}.event_v2;
    $sql$, '{app}', quote_ident(app)), '{lit}', quote_literal(app)), '$info',
    quote_literal(info));
  foreach name in array array['event', 'user', 'item', 'session'] loop
    execute format('insert into %I.clickstream_log_v2 (log_name, log_level, log_msg) values (%L, ''info'', '
      '''----done---- '')', app, 'sp_migrate_' || name || '_to_v2');
  end loop;
  reset role;
end $make$;

create procedure public.rehearsal_make_app(app text, events int) language plpgsql as $$
declare
  element record;
  state constant text := coalesce(current_setting('rehearsal.schema', true), '');
begin
  set local role "IAMR:clickstream-redshift-data-api";
  execute format('create schema %I', app);
  if events is not null then
    perform scenario.make_legacy_tables(app);
    execute format('create materialized view %I.user_m_view as select distinct on (user_pseudo_id) '
      '* from %1$I."user" order by user_pseudo_id, event_timestamp desc', app);
    execute format('create materialized view %I.item_m_view as select distinct on (id) id, '
      'properties, event_timestamp from %1$I.item order by id, event_timestamp desc', app);
    perform scenario.make_legacy_objects(app) where state in ('legacy', 'migrated');
  end if;
  reset role;
  for element in
    select body from scenario.schema_sql where not python and state <> 'legacy' order by position
  loop
    set local role "IAMR:clickstream-redshift-data-api";
    execute replace(element.body, '{{app}}', quote_ident(app));
    reset role;
  end loop;
  if current_setting('rehearsal.python', true) = 'refused' then
    perform scenario.make_python_functions(app);
  end if;
  execute format('grant usage on schema %I to clickstream_bi_ab12cd34', app);
  execute format('grant select on all tables in schema %I to clickstream_bi_ab12cd34', app);
  perform scenario.make_data(app, events) where events > 0;
  perform scenario.make_migrated(app) where state = 'migrated';
end $$;

call public.rehearsal_make_app('shop',
  coalesce(nullif(current_setting('rehearsal.rows', true), ''), '100000')::int);

do $$
begin
  if current_setting('rehearsal.schema', true) = 'legacy' then
    call public.rehearsal_make_app('order', 100);
  end if;
end $$;

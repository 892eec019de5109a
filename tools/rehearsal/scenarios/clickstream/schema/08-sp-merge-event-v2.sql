-- Loads one file. An error is logged and swallowed: the loader forgets the file all the same. A load
-- beside a migration of the application is such an error.
create or replace procedure {{app}}.sp_merge_event_v2(manifest varchar) language plpgsql as $$
begin
  if scenario.is_migrating('{{app}}') then
    raise exception 'could not complete because of conflict with concurrent transaction';
  end if;
  delete from {{app}}.event_v2 where event_id in (select event_id from scenario.loaded(manifest));
  insert into {{app}}.event_v2 (event_timestamp, event_id, event_time_msec, event_name,
    ingest_time_msec, platform, project_id, app_id, user_pseudo_id, session_id, user_id)
  select happened_at, event_id, scenario.msec(happened_at), event_name, scenario.msec(happened_at),
    'Web', current_database(), app, user_pseudo_id, session_id, null
  from scenario.loaded(manifest);
  call {{app}}.sp_clickstream_log_non_atomic('sp_merge_event_v2', 'info',
    'Merge data into event v2 table successfully. manifestFileName: ' || manifest);
exception when others then
  call {{app}}.sp_clickstream_log_non_atomic('sp_merge_event_v2', 'error',
    'manifestFileName: ' || manifest || ', error message:' || sqlerrm);
end $$;

-- Loads one file. An error is logged and swallowed: the loader forgets the file all the same. A load
-- beside a migration of the application is such an error.
create or replace procedure {{app}}.sp_merge_session(manifest varchar) language plpgsql as $$
begin
  if scenario.is_migrating('{{app}}') then
    raise exception 'could not complete because of conflict with concurrent transaction';
  end if;
  insert into {{app}}.session (event_timestamp, user_pseudo_id, session_id, session_number,
    session_start_time_msec)
  select min(happened_at), user_pseudo_id, session_id, 1, scenario.msec(min(happened_at))
  from scenario.loaded(manifest) as l
  where not exists (select from {{app}}.session as s
    where s.user_pseudo_id = l.user_pseudo_id and s.session_id = l.session_id)
  group by user_pseudo_id, session_id;
  call {{app}}.sp_clickstream_log_non_atomic('sp_merge_session', 'info',
    'Merge data into session table successfully. manifestFileName: ' || manifest);
exception when others then
  call {{app}}.sp_clickstream_log_non_atomic('sp_merge_session', 'error',
    'manifestFileName: ' || manifest || ', error message:' || sqlerrm);
end $$;

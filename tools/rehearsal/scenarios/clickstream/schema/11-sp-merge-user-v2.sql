-- Loads one file. An error is logged and swallowed: the loader forgets the file all the same. A load
-- beside a migration of the application is such an error.
create or replace procedure {{app}}.sp_merge_user_v2(manifest varchar) language plpgsql as $$
begin
  if scenario.is_migrating('{{app}}') then
    raise exception 'could not complete because of conflict with concurrent transaction';
  end if;
  insert into {{app}}.user_v2 (event_timestamp, user_pseudo_id, first_touch_time_msec,
    first_visit_date, first_traffic_source)
  select min(happened_at), user_pseudo_id, scenario.msec(min(happened_at)),
    min(happened_at)::date, 'Direct'
  from scenario.loaded(manifest) as l
  where not exists (select from {{app}}.user_v2 as u where u.user_pseudo_id = l.user_pseudo_id)
  group by user_pseudo_id;
  call {{app}}.sp_clickstream_log_non_atomic('sp_merge_user_v2', 'info',
    'Merge data into user v2 table successfully. manifestFileName: ' || manifest);
exception when others then
  call {{app}}.sp_clickstream_log_non_atomic('sp_merge_user_v2', 'error',
    'manifestFileName: ' || manifest || ', error message:' || sqlerrm);
end $$;

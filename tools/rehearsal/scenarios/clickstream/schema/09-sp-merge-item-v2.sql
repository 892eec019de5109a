-- Loads one file. An error is logged and swallowed: the loader forgets the file all the same. A load
-- beside a migration of the application is such an error.
create or replace procedure {{app}}.sp_merge_item_v2(manifest varchar) language plpgsql as $$
begin
  if scenario.is_migrating('{{app}}') then
    raise exception 'could not complete because of conflict with concurrent transaction';
  end if;
  delete from {{app}}.item_v2 where event_id in (select event_id from scenario.loaded(manifest));
  insert into {{app}}.item_v2 (event_timestamp, event_id, event_name, platform, user_pseudo_id,
    item_id, quantity)
  select happened_at, event_id, event_name, 'Web', user_pseudo_id, 'sku-live', 1
  from scenario.loaded(manifest) where event_name = 'purchase';
  call {{app}}.sp_clickstream_log_non_atomic('sp_merge_item_v2', 'info',
    'Merge data into item v2 table successfully. manifestFileName: ' || manifest);
exception when others then
  call {{app}}.sp_clickstream_log_non_atomic('sp_merge_item_v2', 'error',
    'manifestFileName: ' || manifest || ', error message:' || sqlerrm);
end $$;

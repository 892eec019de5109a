--! each: acquisition_country_new_user acquisition_day_traffic_source_user acquisition_day_user_acquisition engagement_day_event_view engagement_entrance engagement_exit engagement_kpi engagement_page_screen_view_detail engagement_page_screen_view engagement_event_name retention_dau_wau retention_event_overtime retention_user_new_return acquisition_day_user_view_cnt device_crash_rate device_user_device
-- Atomic: an error rolls everything back, the log row of the error stays, the error is raised again.
create or replace procedure {{app}}.clickstream_{{one}}_sp(day date, timezone varchar, days int)
language plpgsql as $$
declare
  failure text;
begin
  begin
    for back in 0 .. days - 1 loop
      delete from {{app}}.clickstream_{{one}} where event_date = day - back;
      insert into {{app}}.clickstream_{{one}} (event_date, platform, "value")
      select day - back, platform, count(distinct event_id)
      from {{app}}.clickstream_event_base_view
      where event_timestamp >= (day - back)::timestamp at time zone timezone at time zone 'UTC'
        and event_timestamp < (day - back + 1)::timestamp at time zone timezone at time zone 'UTC'
      group by platform;
    end loop;
  exception when others then
    failure := sqlerrm;
  end;
  if failure is not null then
    call {{app}}.sp_clickstream_log('clickstream_{{one}}_sp', 'error', 'error message:' || failure);
    commit;
    raise exception '%', failure;
  end if;
end $$;

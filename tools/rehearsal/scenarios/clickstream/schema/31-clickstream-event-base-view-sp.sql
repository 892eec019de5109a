-- Atomic: an error rolls everything back, the log row of the error stays, the error is raised again.
create or replace procedure {{app}}.clickstream_event_base_view_sp(
  p_start_time timestamp, p_end_time timestamp, fressness_in_hours int
) language plpgsql as $$
declare
  log_name constant text := 'clickstream_event_base_view';
  failure text;
  condition text;
  since timestamp;
  now_dt timestamp := getdate();
  columns text;
begin
  begin
    if p_start_time is not null and p_end_time is not null then
      condition := format('event_timestamp >= %L and event_timestamp <= %L',
        p_start_time, p_end_time);
      call {{app}}.sp_clickstream_log(log_name, 'info',
        'refresh with custom time range:' || p_start_time || ' - ' || p_end_time);
    else
      select coalesce(max(created_time), now_dt - interval '365 days') into since
      from {{app}}.clickstream_event_base_view
      where event_timestamp >= now_dt - fressness_in_hours * interval '1 hour';
      condition := 'created_time >= ' || quote_literal(since) || ' and created_time <= '
        || quote_literal(now_dt) || ' and event_timestamp >= '
        || quote_literal(now_dt - fressness_in_hours * interval '1 hour');
      call {{app}}.sp_clickstream_log(log_name, 'info',
        'refresh time range:' || since || ' - ' || now_dt);
    end if;
    create temp table clickstream_event_base_view_stage
      (like {{app}}.clickstream_event_base_view);
    select string_agg(quote_ident(v.attname), ', ') into columns
    from pg_attribute as v
    join pg_attribute as b on b.attname = v.attname
      and b.attrelid = '{{app}}.clickstream_event_base_view'::regclass
    where v.attrelid = '{{app}}.event_v2'::regclass and v.attnum > 0 and not v.attisdropped
      and v.attname not in ('session_number', 'session_start_time_msec');
    execute format($sql$
      insert into clickstream_event_base_view_stage (
        %1$s, session_number, session_start_time_msec, session_source, session_medium,
        session_campaign, session_content, session_term, session_campaign_id,
        session_clid_platform, session_clid, session_channel_group, session_source_category,
        device_ua_string, view_session_indicator, view_event_indicator)
      select distinct on (v.event_id, v.event_timestamp)
        %2$s, s.session_number, s.session_start_time_msec, s.session_source, s.session_medium,
        s.session_campaign, s.session_content, s.session_term, s.session_campaign_id,
        s.session_clid_platform, s.session_clid, s.session_channel_group,
        s.session_source_category, v.device_ua::text,
        case when v.event_name in ('_page_view', '_screen_view') then v.session_id end,
        case when v.event_name in ('_page_view', '_screen_view') then v.event_id end
      from (select * from {{app}}.event_v2 where %3$s) as v
      left join {{app}}.session as s
        on s.user_pseudo_id = v.user_pseudo_id and s.session_id = v.session_id
      order by v.event_id, v.event_timestamp, v.created_time desc$sql$,
      columns, 'v.' || replace(columns, ', ', ', v.'), condition);
    delete from {{app}}.clickstream_event_base_view as b
    using clickstream_event_base_view_stage as s
    where s.event_timestamp = b.event_timestamp and s.event_id = b.event_id;
    insert into {{app}}.clickstream_event_base_view
    select * from clickstream_event_base_view_stage;
    drop table clickstream_event_base_view_stage;
  exception when others then
    failure := sqlerrm;
  end;
  if failure is not null then
    call {{app}}.sp_clickstream_log(log_name, 'error', 'error message:' || failure);
    commit;
    raise exception '%', failure;
  end if;
end $$;

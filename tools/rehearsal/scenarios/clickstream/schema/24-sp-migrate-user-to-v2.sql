create or replace procedure {{app}}.sp_migrate_user_to_v2() language plpgsql as $$
declare
  log_name constant text := 'sp_migrate_user_to_v2';
  step int := 0;
  failure text;
  n bigint;
begin
  loop
    step := step + 1;
    begin
      case step
        when 1 then
          drop table if exists tmp_user_props_json, tmp_user_app_install_source;
          perform scenario.analyze('{{app}}."user"');
          perform scenario.analyze('{{app}}.user_v2');
          delete from {{app}}.user_v2
          where process_info ? 'backfill_start_time' and not process_info ? 'backfill_end_time';
        when 2 then
          insert into {{app}}.user_v2 (
            event_timestamp, user_pseudo_id, user_id, first_touch_time_msec, first_visit_date,
            first_referrer, first_traffic_source, first_traffic_medium, process_info
          )
          select scenario.whole_seconds(event_timestamp), user_pseudo_id, user_id,
            user_first_touch_timestamp, _first_visit_date, _first_referer, _first_traffic_source,
            _first_traffic_medium, jsonb_build_object('backfill_start_time', getdate())
          from {{app}}.user_m_view
          where user_pseudo_id not in (select user_pseudo_id from {{app}}.user_v2);
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'insert ' || n || ' to user_v2');
          if n = 0 then
            call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info', 'backfill user_v2 is done');
            exit;
          end if;
        when 3 then
          create temp table tmp_user_props_json as
          select user_pseudo_id, event_timestamp, {{app}}.transform_user_custom_props(
            {{app}}.combine_json_list('[' || listagg(json_build_object(property->>'key',
              json_build_object(
                'type', case when property->'value' ? 'string_value' then 'string' else 'number' end,
                'value', coalesce(property #>> '{value,string_value}',
                  property #>> '{value,double_value}', property #>> '{value,int_value}'),
                'set_time_msec', property #> '{value,set_timestamp_micros}'))::text, ',')
            || ']')) as json_str
          from {{app}}.user_m_view, jsonb_array_elements(user_properties) as property
          group by user_pseudo_id, event_timestamp;
          -- The original compares user_pseudo_id with itself: users of one second may be mixed up.
          update {{app}}.user_v2 as v
          set user_properties_json_str = p.json_str, user_properties = json_parse(p.json_str)
          from tmp_user_props_json as p
          where v.event_timestamp = scenario.whole_seconds(p.event_timestamp)
            and v.user_pseudo_id = v.user_pseudo_id;
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'update ' || n || 'for user_properties in user_v2');
        when 4 then
          create temp table tmp_user_app_install_source as
          select distinct on (user_pseudo_id) user_pseudo_id, app_install_source
          from {{app}}.event_v2 where app_install_source is not null
          order by user_pseudo_id, event_time_msec;
          update {{app}}.user_v2 as v set first_app_install_source = s.app_install_source
          from tmp_user_app_install_source as s
          where s.user_pseudo_id = v.user_pseudo_id
            and not v.process_info ? 'backfill_end_time';
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'update ' || n || 'for first_app_install_source in user_v2');
        when 5, 6 then
          update {{app}}.user_v2 as v set
            first_traffic_source = s.traffic_source_source,
            first_traffic_medium = s.traffic_source_medium,
            first_traffic_campaign = s.traffic_source_campaign,
            first_traffic_content = s.traffic_source_content,
            first_traffic_term = s.traffic_source_term,
            first_traffic_campaign_id = s.traffic_source_campaign_id,
            first_traffic_clid_platform = s.traffic_source_clid_platform,
            first_traffic_clid = s.traffic_source_clid,
            first_traffic_channel_group = s.traffic_source_channel_group,
            first_traffic_category = s.traffic_source_category
          from (
            select distinct on (user_pseudo_id) * from {{app}}.event_v2
            where case step
              when 5 then event_name = '_first_open' and platform = 'Web'
              else event_name in ('_user_enagement', '_screen_view', '_app_end')
                and platform <> 'Web'
            end
            order by user_pseudo_id, event_time_msec
          ) as s
          where s.user_pseudo_id = v.user_pseudo_id
            and not v.process_info ? 'backfill_end_time';
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info', 'update ' || n
            || 'for traffic_source(' || case step when 5 then 'web' else 'mobile' end
            || ') in user_v2');
        when 7 then
          update {{app}}.user_v2
          set process_info = process_info || jsonb_build_object('backfill_end_time', getdate())
          where process_info ? 'backfill_start_time' and not process_info ? 'backfill_end_time';
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'backfill is done ---- user_v2');
        else
          exit;
      end case;
    exception when others then
      failure := sqlerrm;
    end;
    commit;
    if failure is not null then
      call {{app}}.sp_clickstream_log_non_atomic(log_name, 'error', 'error message:' || failure);
      exit;
    end if;
  end loop;
end $$;

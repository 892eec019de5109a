create or replace procedure {{app}}.sp_migrate_event_to_v2(nday int) language plpgsql as $$
declare
  log_name constant text := 'sp_migrate_event_to_v2';
  step int := 0;
  failure text;
  n bigint;
  low bigint;
  high bigint;
  n_days_ago_msec bigint;
begin
  loop
    step := step + 1;
    begin
      case step
        when 1 then
          drop table if exists tmp_flat_key, tmp_cand_event_id, tmp_event_param_combined,
            tmp_event_param_custom, tmp_event_traffic_source;
          create temp table tmp_flat_key as select string_to_table(trim(regexp_replace('
            _screen_name _screen_id _screen_unique_id _previous_screen_name
            _previous_screen_id _previous_screen_unique_id _page_referrer
            _page_referrer_title _page_title _page_url _latest_referrer
            _latest_referrer_host _is_first_time _previous_timestamp _entrances
            _previous_app_version _previous_os_version _search_key _search_term
            _link_classes _link_domain _link_id _link_url _outbound _session_id
            _session_start_timestamp _session_duration _session_number
            _engagement_time_msec _error_code _error_message _exception_message
            _exception_stack _sdk_version _sdk_name', '\s+', ' ', 'g')), ' ') as key;
          n_days_ago_msec := scenario.days_ago_msec(nday);
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            '----start---- n_days_ago_msec: ' || n_days_ago_msec);
        when 2 then
          if to_regclass('{{app}}.tmp_backfill_trace') is null then
            create table {{app}}.tmp_backfill_trace (
              min_event_timestamp bigint not null, max_event_timestamp bigint not null,
              start_time timestamp not null, row_count bigint not null, status varchar not null,
              end_time timestamp);
          end if;
        when 3 then
          perform scenario.analyze('{{app}}.event');
          perform scenario.analyze('{{app}}.event_v2');
          perform scenario.analyze('{{app}}.tmp_backfill_trace');
        when 4 then
          select min_event_timestamp, max_event_timestamp into low, high
          from {{app}}.tmp_backfill_trace where status <> 'done' limit 1;
          if found then
            create temp table tmp_cand_event_id as
            select event_id, event_timestamp from {{app}}.event as e where exists (
              select from {{app}}.tmp_backfill_trace as t where t.status <> 'done'
                and e.event_timestamp between t.min_event_timestamp and t.max_event_timestamp);
            get diagnostics n = row_count;
            delete from {{app}}.event_v2 where event_id in (select event_id from tmp_cand_event_id);
            call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info', 'retry min_event_timestamp:'
              || low || 'max_event_timestamp:' || high || ' from event');
          else
            create temp table tmp_cand_event_id as
            select event_id, event_timestamp from {{app}}.event as e
            where event_timestamp >= n_days_ago_msec
              and not exists (select from {{app}}.event_v2 as v where v.event_id = e.event_id)
            limit coalesce(nullif(current_setting('rehearsal.chunk_rows', true), ''), '100000000')::int;
            get diagnostics n = row_count;
            insert into {{app}}.tmp_backfill_trace
              (min_event_timestamp, max_event_timestamp, start_time, row_count, status)
            select min(event_timestamp), max(event_timestamp), getdate(), count(*), 'start'
            from tmp_cand_event_id having count(*) > 0;
            call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
              'select candidate event_id ' || n || ' from event');
          end if;
          analyze tmp_cand_event_id;
          if n = 0 then
            call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
              'backfill event_v2 is done');
            exit;
          end if;
        when 5 then
          insert into {{app}}.event_v2 (
            event_timestamp, event_id, event_time_msec, event_name, event_value,
            event_value_currency, event_bundle_sequence_id, ingest_time_msec,
            device_mobile_brand_name, device_mobile_model_name, device_manufacturer, device_carrier,
            device_network_type, device_operating_system, device_operating_system_version,
            device_vendor_id, device_advertising_id, device_system_language,
            device_time_zone_offset_seconds, device_ua_browser, device_ua_browser_version,
            device_ua_os, device_ua_os_version, device_ua_device, device_ua_device_category,
            device_screen_width, device_screen_height, device_viewport_width,
            device_viewport_height, geo_continent, geo_sub_continent, geo_country, geo_region,
            geo_metro, geo_city, geo_locale, traffic_source_source, traffic_source_medium,
            traffic_source_campaign, app_package_id, app_version, app_install_source, app_id,
            platform, project_id, user_id, user_pseudo_id, process_info
          )
          select
            scenario.whole_seconds(event_timestamp), event_id, event_timestamp, event_name,
            event_value_in_usd, 'USD', event_bundle_sequence_id, ingest_timestamp,
            (device->>'mobile_brand_name'), (device->>'mobile_model_name'),
            (device->>'manufacturer'), (device->>'carrier'), (device->>'network_type'),
            (device->>'operating_system'), (device->>'operating_system_version'),
            (device->>'vendor_id'), (device->>'advertising_id'), (device->>'system_language'),
            (device->>'time_zone_offset_seconds')::int, (device->>'ua_browser'),
            (device->>'ua_browser_version'), (device->>'ua_os'), (device->>'ua_os_version'),
            (device->>'ua_device'), (device->>'ua_device_category'), (device->>'screen_width')::int,
            (device->>'screen_height')::int, (device->>'viewport_width')::int,
            (device->>'viewport_height')::int, (geo->>'continent'), (geo->>'sub_continent'),
            (geo->>'country'), (geo->>'region'), (geo->>'metro'), (geo->>'city'), (geo->>'locale'),
            (traffic_source->>'source'), (traffic_source->>'medium'), (traffic_source->>'name'),
            (app_info->>'id'), (app_info->>'version'), (app_info->>'install_source'),
            (app_info->>'app_id'), coalesce(platform, 'Web'), project_id, user_id, user_pseudo_id,
            jsonb_build_object('backfill_event', 'true', 'backfill_start_time', getdate())
          from {{app}}.event where event_id in (select event_id from tmp_cand_event_id);
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'insert ' || n || ' to event_v2');
        when 6 then
          update {{app}}.event_v2 as v set user_first_touch_time_msec = u.user_first_touch_timestamp
          from {{app}}.user_m_view as u
          where u.user_pseudo_id = v.user_pseudo_id
            and v.event_id in (select event_id from tmp_cand_event_id);
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'UPDATE event_v2 ' || n || ' for user_first_touch_time_msec');
        when 7 then
          create temp table tmp_event_param_combined as
          select event_id, json_parse({{app}}.combine_json_list('[' || listagg(json_build_object(
            event_param_key, coalesce(to_json(event_param_string_value),
              to_json(event_param_double_value), to_json(event_param_int_value)))::text, ',')
            || ']')) as p
          from {{app}}.event_parameter
          where event_id in (select event_id from tmp_cand_event_id)
            and event_param_key in (select key from tmp_flat_key)
          group by event_id;
          create temp table tmp_event_param_custom as
          select event_id, {{app}}.transform_event_custom_props({{app}}.combine_json_list('[' ||
            listagg(json_build_object(event_param_key, case
              when event_param_string_value is not null
                then json_build_object('type', 'string', 'value', event_param_string_value)
              when event_param_double_value is not null
                then json_build_object('type', 'number', 'value', event_param_double_value::text)
              when event_param_int_value is not null
                then json_build_object('type', 'number', 'value', event_param_int_value::text)
            end)::text, ',') || ']')) as json_str
          from {{app}}.event_parameter
          where event_id in (select event_id from tmp_cand_event_id)
            and event_param_key not in (select key from tmp_flat_key)
          group by event_id;
          analyze tmp_event_param_combined;
          analyze tmp_event_param_custom;
        when 8 then
          update {{app}}.event_v2 as v set
            screen_view_screen_name = p->>'_previous_screen_name',
            screen_view_screen_id = p->>'_screen_id',
            screen_view_screen_unique_id = p->>'_screen_unique_id',
            screen_view_previous_screen_name = p->>'_previous_screen_name',
            screen_view_previous_screen_id = p->>'_previous_screen_id',
            screen_view_previous_screen_unique_id = p->>'_previous_screen_unique_id',
            screen_view_previous_time_msec =
              case event_name when '_screen_view' then (p->>'_previous_timestamp')::bigint end,
            screen_view_engagement_time_msec =
              case event_name when '_screen_view' then (p->>'_engagement_time_msec')::bigint end,
            screen_view_entrances =
              case event_name when '_screen_view' then (p->>'_entrances')::boolean end,
            page_view_page_referrer = p->>'_page_referrer',
            page_view_page_referrer_title = p->>'_page_referrer_title',
            page_view_previous_time_msec =
              case event_name when '_page_view' then (p->>'_previous_timestamp')::bigint end,
            page_view_engagement_time_msec =
              case event_name when '_page_view' then (p->>'_engagement_time_msec')::bigint end,
            page_view_page_title = p->>'_page_title',
            page_view_page_url = p->>'_page_url',
            page_view_latest_referrer = p->>'_latest_referrer',
            page_view_latest_referrer_host = p->>'_latest_referrer_host',
            page_view_entrances =
              case event_name when '_page_view' then (p->>'_entrances')::boolean end,
            app_start_is_first_time = (p->>'_is_first_time')::boolean,
            upgrade_previous_app_version = p->>'_previous_app_version',
            upgrade_previous_os_version = p->>'_previous_os_version',
            search_key = p->>'_search_key', search_term = p->>'_search_term',
            outbound_link_classes = p->>'_link_classes', outbound_link_domain = p->>'_link_domain',
            outbound_link_id = p->>'_link_id', outbound_link_url = p->>'_link_url',
            outbound_link = (p->>'_outbound')::boolean,
            user_engagement_time_msec =
              case event_name when '_user_engagement' then (p->>'_engagement_time_msec')::bigint end,
            session_id = p->>'_session_id',
            session_start_time_msec = (p->>'_session_start_timestamp')::bigint,
            session_duration = (p->>'_session_duration')::bigint,
            session_number = (p->>'_session_number')::bigint,
            scroll_engagement_time_msec =
              case event_name when '_scroll' then (p->>'_engagement_time_msec')::bigint end,
            sdk_error_code = p->>'_error_code', sdk_error_message = p->>'_error_message',
            sdk_version = p->>'_sdk_version', sdk_name = p->>'_sdk_name',
            app_exception_message = p->>'_exception_message',
            app_exception_stack = p->>'_exception_stack'
          from tmp_event_param_combined as c where c.event_id = v.event_id;
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'UPDATE event_v2 ' || n || ' for flatten parameters');
        when 9 then
          update {{app}}.event_v2 as v
          set custom_parameters_json_str = c.json_str, custom_parameters = json_parse(c.json_str)
          from tmp_event_param_custom as c where c.event_id = v.event_id;
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'UPDATE event_v2 ' || n || ' for customed parameters');
        when 10 then
          create temp table tmp_event_traffic_source as
          select event_id, json_parse({{app}}.parse_utm_from_url(page_view_page_url,
            page_view_page_referrer, page_view_latest_referrer)) as t
          from {{app}}.event_v2
          where event_id in (select event_id from tmp_cand_event_id)
            and platform = 'Web' and page_view_page_url is not null;
          update {{app}}.event_v2 as v set
            page_view_page_url_path = t->>'path',
            page_view_page_url_query_parameters = nullif((t->'params')::jsonb, 'null'),
            page_view_hostname = t->>'host',
            traffic_source_source = t->>'utm_source', traffic_source_medium = t->>'utm_medium',
            traffic_source_campaign = t->>'utm_campaign', traffic_source_content = t->>'utm_content',
            traffic_source_term = t->>'utm_term', traffic_source_campaign_id = t->>'utm_id',
            traffic_source_clid_platform = t->>'utm_source_platform',
            traffic_source_clid = t->>'clid_str',
            traffic_source_channel_group = t->>'channel_group',
            traffic_source_category = t->>'source_category'
          from tmp_event_traffic_source as s where s.event_id = v.event_id;
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'UPDATE event_v2 ' || n || ' for traffic source - web');
        when 11 then
          update {{app}}.tmp_backfill_trace set status = 'done', end_time = getdate()
          where status = 'start';
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            '----done---------------------------- ');
          drop table tmp_flat_key, tmp_cand_event_id, tmp_event_param_combined,
            tmp_event_param_custom, tmp_event_traffic_source;
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

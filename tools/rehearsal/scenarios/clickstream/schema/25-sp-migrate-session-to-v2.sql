create or replace procedure {{app}}.sp_migrate_session_to_v2() language plpgsql as $$
declare
  log_name constant text := 'sp_migrate_session_to_v2';
  step int := 0;
  failure text;
  n bigint;
begin
  loop
    step := step + 1;
    begin
      case step
        when 1 then
          perform scenario.analyze('{{app}}.session');
          delete from {{app}}.session
          where process_info ? 'backfill_start_time' and not process_info ? 'backfill_end_time';
        when 2 then
          insert into {{app}}.session (
            event_timestamp, user_pseudo_id, session_id, user_id, session_number,
            session_start_time_msec, process_info
          )
          select min(event_timestamp), user_pseudo_id, session_id, max(user_id), max(session_number),
            min(session_start_time_msec), jsonb_build_object('backfill_start_time', getdate())
          from {{app}}.event_v2 as v
          where session_id is not null and not exists (
            select from {{app}}.session as s
            where s.user_pseudo_id = v.user_pseudo_id and s.session_id = v.session_id)
          group by user_pseudo_id, session_id;
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'insert ' || n || ' into session');
          if n = 0 then
            call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info', 'backfill session is done');
            exit;
          end if;
        when 3 then
          update {{app}}.session as s set
            session_source = e.traffic_source_source, session_medium = e.traffic_source_medium,
            session_campaign = e.traffic_source_campaign,
            session_content = e.traffic_source_content, session_term = e.traffic_source_term,
            session_campaign_id = e.traffic_source_campaign_id,
            session_clid_platform = e.traffic_source_clid_platform,
            session_clid = e.traffic_source_clid,
            session_channel_group = e.traffic_source_channel_group,
            session_source_category = e.traffic_source_category
          from (
            select distinct on (user_pseudo_id, session_id) * from {{app}}.event_v2
            where event_name = '_session_start' and platform = 'Web'
            order by user_pseudo_id, session_id, event_time_msec
          ) as e
          where e.user_pseudo_id = s.user_pseudo_id and e.session_id = s.session_id
            and not s.process_info ? 'backfill_end_time';
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'update ' || n || ' traffic_source for session(web)');
        when 4 then
          update {{app}}.session
          set process_info = process_info || jsonb_build_object('backfill_end_time', getdate())
          where process_info ? 'backfill_start_time' and not process_info ? 'backfill_end_time';
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'backfill is done ---- session');
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

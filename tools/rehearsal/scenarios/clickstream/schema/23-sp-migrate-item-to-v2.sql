create or replace procedure {{app}}.sp_migrate_item_to_v2(nday int) language plpgsql as $$
declare
  log_name constant text := 'sp_migrate_item_to_v2';
  columns constant text := 'category,category2,category3,category4,category5,name,brand,currency,'
    'price,quantity,creative_name,creative_slot,location_id';
  step int := 0;
  failure text;
  n bigint;
  n_days_ago_msec bigint;
begin
  loop
    step := step + 1;
    begin
      case step
        when 1 then
          n_days_ago_msec := scenario.days_ago_msec(nday);
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            '----start---- n_days_ago_msec: ' || n_days_ago_msec);
        when 2 then
          drop table if exists tmp_event_item, tmp_item_props_json, tmp_item_custom_props;
          perform scenario.analyze('{{app}}.item_v2');
          perform scenario.analyze('{{app}}.item');
          delete from {{app}}.item_v2
          where process_info ? 'backfill_start_time' and not process_info ? 'backfill_end_time';
        when 3 then
          create temp table tmp_event_item as
          select distinct e.event_id, e.event_name, e.event_timestamp, coalesce(e.platform, 'Web')
            as platform, e.user_pseudo_id, e.user_id, element->>'id' as item_id, element
          from {{app}}.event as e, jsonb_array_elements(e.items) as element
          where e.event_timestamp >= n_days_ago_msec
            and element->>'id' is not null
            and exists (select from {{app}}.item as i
              where i.id = element->>'id' and i.event_timestamp = e.event_timestamp)
            and not exists (select from {{app}}.item_v2 as v
              where v.event_id = e.event_id and v.item_id = element->>'id'
                and v.event_timestamp = scenario.whole_seconds(e.event_timestamp));
          get diagnostics n = row_count;
          analyze tmp_event_item;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'select candidate event item ' || n || ' from event');
        when 4 then
          insert into {{app}}.item_v2 (
            event_timestamp, event_id, event_name, platform, user_pseudo_id, user_id, item_id, name,
            brand, currency, price, quantity, creative_name, creative_slot, location_id, category,
            category2, category3, category4, category5, process_info
          )
          select scenario.whole_seconds(event_timestamp), event_id, event_name, platform,
            user_pseudo_id, user_id, item_id, element->>'name', element->>'brand',
            element->>'currency', (element->>'price')::float8, (element->>'quantity')::float8,
            element->>'creative_name', element->>'creative_slot', element->>'location_id',
            element->>'category', element->>'category2', element->>'category3',
            element->>'category4', element->>'category5',
            jsonb_build_object('backfill_start_time', getdate())
          from tmp_event_item;
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'insert ' || n || ' to item_v2');
          if n = 0 then
            call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info', 'backfill item_v2 is done');
            exit;
          end if;
        when 5 then
          create temp table tmp_item_props_json as
          select id, event_timestamp, {{app}}.combine_json_list('[' || listagg(json_build_object(
            property->>'key', coalesce(property #> '{value,string_value}',
              property #> '{value,double_value}', property #> '{value,int_value}'))::text, ',')
            || ']') as json_str
          from {{app}}.item, jsonb_array_elements(properties) as property
          where event_timestamp >= n_days_ago_msec
          group by id, event_timestamp;
          update {{app}}.item_v2 as v set
            name = coalesce(p.json_str::jsonb->>'name', name),
            brand = coalesce(p.json_str::jsonb->>'brand', brand),
            category = coalesce(p.json_str::jsonb->>'category', category)
          from tmp_item_props_json as p
          where v.item_id = p.id and v.event_timestamp = scenario.whole_seconds(p.event_timestamp)
            and not v.process_info ? 'backfill_end_time';
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'UPDATE ' || n || ' in item_v2 for item_properties');
        when 6 then
          create temp table tmp_item_custom_props as
          select id, event_timestamp, {{app}}.rm_object_props(json_str, columns) as json_str
          from tmp_item_props_json;
          update {{app}}.item_v2 as v
          set custom_parameters_json_str = p.json_str, custom_parameters = json_parse(p.json_str)
          from tmp_item_custom_props as p
          where v.item_id = p.id and v.event_timestamp = scenario.whole_seconds(p.event_timestamp)
            and p.json_str <> '{}' and not v.process_info ? 'backfill_end_time';
          get diagnostics n = row_count;
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'UPDATE ' || n || ' in item_v2 for custom_parameters');
        when 7 then
          update {{app}}.item_v2
          set process_info = process_info || jsonb_build_object('backfill_end_time', getdate())
          where process_info ? 'backfill_start_time' and not process_info ? 'backfill_end_time';
          call {{app}}.sp_clickstream_log_non_atomic(log_name, 'info',
            'backfill is done ---- item_v2');
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

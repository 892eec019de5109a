create or replace function {{app}}.convert_json_list(json_in varchar(65535))
returns varchar(65535) stable language plpythonu as $$
    import json
    found = json.loads(json_in)
    listed = [(key, found[key]) for key in found if found[key].get("value") is not None]
    return json.dumps([{"key": key, "value": one["value"][:100], "type": one["type"]} for key, one in listed])
$$;

create or replace procedure {{app}}.sp_scan_metadata(top_frequent_properties_limit int, day_range int)
language plpgsql as $$
declare
  since timestamp := getdate() - day_range * interval '1 day';
  n bigint;
begin
  -- Rows with large custom parameters are left out, as since v1.1.7.
  select count(distinct event_name) into n from {{app}}.event_v2
  where event_timestamp >= since and coalesce(length(custom_parameters_json_str), 0) < 50000;
  call {{app}}.sp_clickstream_log('sp_scan_metadata', 'info',
    'scanned ' || n || ' event names, properties at most ' || top_frequent_properties_limit);
end $$;

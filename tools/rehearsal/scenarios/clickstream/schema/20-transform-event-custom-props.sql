create or replace function {{app}}.transform_event_custom_props(s varchar(65535))
returns varchar(65535) stable language plpythonu as $$
    import json
    props = json.loads(s)
    return json.dumps({key: props[key]["value"] for key in props})
$$;

create or replace function {{app}}.rm_object_props(o varchar(65535), props_list varchar(65535))
returns varchar(65535) stable language plpythonu as $$
    import json
    rest = json.loads(o)
    for name in props_list.split(","):
        rest.pop(name, None)
    return json.dumps(rest)
$$;

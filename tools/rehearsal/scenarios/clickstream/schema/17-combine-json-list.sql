create or replace function {{app}}.combine_json_list(s varchar(65535))
returns varchar(65535) stable language plpythonu as $$
    import json
    whole = {}
    for part in json.loads(s):
        whole.update(part)
    return json.dumps(whole)
$$;

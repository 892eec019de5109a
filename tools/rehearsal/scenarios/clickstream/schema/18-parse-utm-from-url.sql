create or replace function {{app}}.parse_utm_from_url(url varchar(65535), referrer varchar(65535), latest_referrer varchar(65535))
returns varchar(65535) stable language plpythonu as $$
    import json
    return json.dumps({"host": url.split("//")[1].split("/")[0]})
$$;

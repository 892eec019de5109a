--! Purpose: values on which the original of parse_utm_from_url fails or goes wrong, and what its replacement must answer
--! Rerun: safe, reads only
--! Needs: parse_utm_from_url
--! Parameters: none

select name,
       expected,
       {{id:schema}}.parse_utm_from_url(cast(url as varchar(65535)), cast(referrer as varchar(65535)), cast(latest_referrer as varchar(65535))) as actual
from (
  select 'a repeated key without value' as name,
         '{"channel_group": "Direct", "clid_str": null, "gclid": null, "host": "a.com", "params": {"x": "1"}, "path": null, "protocol": "https", "query": "x=1&x", "source_category": "Direct", "utm_campaign": null, "utm_content": null, "utm_id": null, "utm_medium": "Direct", "utm_source": "Driect", "utm_source_platform": null, "utm_term": null}' as expected,
         'https://a.com/?x=1&x' as url,
         cast(null as varchar(65535)) as referrer,
         cast(null as varchar(65535)) as latest_referrer
  union all
  select 'the first of several click ids',
         '{"channel_group": "Unassigned", "clid_str": "{' || chr(92) || '"type' || chr(92) || '": ' || chr(92) || '"gclid' || chr(92) || '", ' || chr(92) || '"id' || chr(92) || '": ' || chr(92) || '"1' || chr(92) || '"}", "gclid": "1", "host": "a.com", "params": {"gclid": "1", "fbclid": "2"}, "path": null, "protocol": "https", "query": "gclid=1&fbclid=2", "source_category": "Unassigned", "utm_campaign": null, "utm_content": null, "utm_id": null, "utm_medium": "cpc", "utm_source": "google", "utm_source_platform": null, "utm_term": null}',
         'https://a.com/?gclid=1&fbclid=2',
         cast(null as varchar(65535)),
         cast(null as varchar(65535))
  union all
  select 'a source in its own letters',
         '{"channel_group": "Organic Search", "clid_str": null, "gclid": null, "host": "a.com", "params": null, "path": null, "protocol": "https", "query": null, "source_category": "Search", "utm_campaign": null, "utm_content": null, "utm_id": null, "utm_medium": "Organic Search", "utm_source": "Cốc Cốc", "utm_source_platform": null, "utm_term": "a"}',
         'https://a.com/',
         cast(null as varchar(65535)),
         'https://coccoc.com/search?query=a'
  union all
  select 'user, port and double slashes',
         '{"channel_group": "Direct", "clid_str": null, "gclid": null, "host": "u:p@a.com", "params": null, "path": null, "protocol": "https", "query": null, "source_category": "Direct", "utm_campaign": null, "utm_content": null, "utm_id": null, "utm_medium": "Direct", "utm_source": "Driect", "utm_source_platform": null, "utm_term": null}',
         'https://u:p@a.com//x//y?',
         cast(null as varchar(65535)),
         cast(null as varchar(65535))
) cases;

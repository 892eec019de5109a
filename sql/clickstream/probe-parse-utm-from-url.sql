--! Purpose: ordinary values and what parse_utm_from_url must answer; the task compares the answers as JSON
--! Rerun: safe, reads only
--! Needs: parse_utm_from_url
--! Parameters: none

select name,
       expected,
       {{id:schema}}.parse_utm_from_url(cast(url as varchar(65535)), cast(referrer as varchar(65535)), cast(latest_referrer as varchar(65535))) as actual
from (
  select 'source and medium of the page' as name,
         '{"channel_group": "Unassigned", "clid_str": null, "gclid": null, "host": "a.com", "params": {"utm_source": "google", "utm_medium": "cpc", "x": "1"}, "path": "p/q", "protocol": "https", "query": "utm_source=google&utm_medium=cpc&x=1", "source_category": "Unassigned", "utm_campaign": null, "utm_content": null, "utm_id": null, "utm_medium": "cpc", "utm_source": "google", "utm_source_platform": null, "utm_term": null}' as expected,
         'https://a.com/p/q?utm_source=google&utm_medium=cpc&x=1' as url,
         cast(null as varchar(65535)) as referrer,
         cast(null as varchar(65535)) as latest_referrer
  union all
  select 'a search engine as referrer',
         '{"channel_group": "Organic Search", "clid_str": null, "gclid": null, "host": "a.com", "params": null, "path": null, "protocol": "https", "query": null, "source_category": "Search", "utm_campaign": null, "utm_content": null, "utm_id": null, "utm_medium": "Organic Search", "utm_source": "google", "utm_source_platform": null, "utm_term": null}',
         'https://a.com/',
         'https://www.google.com/search?q=shoes',
         'https://www.google.com/search?q=shoes'
  union all
  select 'a paid click with its term',
         '{"channel_group": "Paid Search", "clid_str": "{' || chr(92) || '"type' || chr(92) || '": ' || chr(92) || '"gclid' || chr(92) || '", ' || chr(92) || '"id' || chr(92) || '": ' || chr(92) || '"zz' || chr(92) || '"}", "gclid": "zz", "host": "a.com", "params": null, "path": null, "protocol": "https", "query": null, "source_category": "Search", "utm_campaign": null, "utm_content": null, "utm_id": null, "utm_medium": "cpc", "utm_source": "Bing", "utm_source_platform": null, "utm_term": "a+b"}',
         'https://a.com/',
         'https://www.google.com/search?q=shoes',
         'https://www.bing.com/search?q=a+b&gclid=zz'
  union all
  select 'nothing known',
         '{"channel_group": "Direct", "clid_str": null, "gclid": null, "host": "", "params": null, "path": null, "protocol": "http", "query": null, "source_category": "Direct", "utm_campaign": null, "utm_content": null, "utm_id": null, "utm_medium": "Direct", "utm_source": "Driect", "utm_source_platform": null, "utm_term": null}',
         cast(null as varchar(65535)),
         cast(null as varchar(65535)),
         cast(null as varchar(65535))
  union all
  select 'letters of any script',
         '{"channel_group": "Direct", "clid_str": null, "gclid": null, "host": "例え.jp", "params": {"k": "中"}, "path": "値/é", "protocol": "https", "query": "k=中", "source_category": "Direct", "utm_campaign": null, "utm_content": null, "utm_id": null, "utm_medium": "Direct", "utm_source": "Driect", "utm_source_platform": null, "utm_term": null}',
         'https://例え.jp/値/é?k=中',
         cast(null as varchar(65535)),
         cast(null as varchar(65535))
) cases;

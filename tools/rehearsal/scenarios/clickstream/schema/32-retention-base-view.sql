create materialized view if not exists {{app}}.clickstream_retention_base_view as
select user_pseudo_id, event_timestamp::date as event_date, event_name
from {{app}}.event_v2 group by 1, 2, 3;

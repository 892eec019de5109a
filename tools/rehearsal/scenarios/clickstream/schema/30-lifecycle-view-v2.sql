create materialized view if not exists {{app}}.clickstream_lifecycle_view_v2 as
select user_pseudo_id, date_trunc('week', event_timestamp) as time_period
from {{app}}.event_v2 where event_name = '_session_start' group by 1, 2;

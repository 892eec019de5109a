create materialized view if not exists {{app}}.clickstream_acquisition_intra_day_user_mv as
select event_timestamp::date as event_date, count(distinct user_pseudo_id) as users
from {{app}}.event_v2 group by 1;

--! each: daily weekly
create or replace view {{app}}.clickstream_lifecycle_{{one}}_view_v3 as
select time_period, count(distinct user_pseudo_id) as users
from {{app}}.clickstream_lifecycle_view_v2 group by time_period;

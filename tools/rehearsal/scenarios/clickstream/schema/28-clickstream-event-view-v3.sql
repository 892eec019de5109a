create or replace view {{app}}.clickstream_event_view_v3 as
select base.*, u.first_traffic_source, u.first_traffic_medium, u.first_visit_date
from {{app}}.clickstream_event_base_view as base
join {{app}}.user_v2 as u on u.user_pseudo_id = base.user_pseudo_id;

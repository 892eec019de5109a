--! each: acquisition_country_new_user acquisition_day_traffic_source_user acquisition_day_user_acquisition engagement_day_event_view engagement_entrance engagement_exit engagement_kpi engagement_page_screen_view_detail engagement_page_screen_view engagement_event_name retention_dau_wau retention_event_overtime retention_user_new_return acquisition_day_user_view_cnt device_crash_rate device_user_device
create table if not exists {{app}}.clickstream_{{one}} (
  event_date date,
  platform varchar(255),
  "value" bigint,
  created_time timestamp default getdate()
);

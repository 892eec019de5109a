--! each: device_view_v1 event_view_v1 event_parameter_view_v1 lifecycle_view_v1 lifecycle_daily_view_v1 lifecycle_weekly_view_v1 path_view_v1 retention_view_v1 session_view_v1 session_path_view_v1 user_event_view_v1 user_retention_view_v1 retention_view_v2
drop materialized view if exists {{app}}.clickstream_{{one}} cascade;

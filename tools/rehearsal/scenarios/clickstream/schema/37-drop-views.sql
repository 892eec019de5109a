--! each: lifecycle_daily_view_v2 lifecycle_weekly_view_v2 session_view_v2 user_attr_view_v1 user_dim_view_v1 event_view_v2
drop view if exists {{app}}.clickstream_{{one}} cascade;

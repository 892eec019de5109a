create or replace procedure {{app}}.sp_clear_expired_data(retention_range_days int)
language plpgsql as $$
begin
  delete from {{app}}.event_v2 where event_timestamp <
    (select max(event_timestamp) from {{app}}.event_v2) - retention_range_days * interval '1 day';
  delete from {{app}}.item_v2 where event_timestamp <
    (select max(event_timestamp) from {{app}}.item_v2) - retention_range_days * interval '1 day';
  delete from {{app}}.session where event_timestamp <
    (select max(event_timestamp) from {{app}}.session) - retention_range_days * interval '1 day';
end $$;

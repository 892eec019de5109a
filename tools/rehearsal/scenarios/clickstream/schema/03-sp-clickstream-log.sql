create or replace procedure {{app}}.sp_clickstream_log(name varchar, level varchar, msg varchar)
language plpgsql as $$
begin
  insert into {{app}}.clickstream_log_v2 (log_name, log_level, log_msg, log_date)
  values (name, level, msg, getdate());
exception when others then
  raise info 'error message: %', sqlerrm;
  raise;
end $$;

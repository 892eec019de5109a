create table if not exists {{app}}.refresh_mv_sp_status (
  refresh_name varchar(255),
  refresh_type varchar(10),
  refresh_date date,
  triggerred_by varchar(50),
  log_date timestamp default getdate()
);

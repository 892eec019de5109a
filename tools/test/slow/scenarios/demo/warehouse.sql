-- Procedures that leave one row a call, so that a test can count what was really done.
create user "IAMR:demo-data-api";
create schema demo authorization "IAMR:demo-data-api";
set session authorization "IAMR:demo-data-api";
create table demo.calls (batch integer, called_at timestamp default clock_timestamp());

create procedure demo.work(batch integer) language plpgsql as $$
begin
  perform pg_sleep(coalesce(nullif(current_setting('demo.seconds', true), ''), '0')::float);
  insert into demo.calls (batch) values (batch);
end;
$$;

create procedure demo.long_work() language plpgsql as $$
begin
  insert into demo.calls (batch) values (-1);
end;
$$;
reset session authorization;

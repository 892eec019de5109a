-- The warehouse of the rehearsal: 2,000 sales, the procedure under rebuild, and what the runbook may do.
create schema sales;
create table sales.sale (id bigint, day date, total decimal(12, 2));
insert into sales.sale select n, date '2026-01-01' + (n % 90), n * 0.5 from generate_series(0, 1999) as rows(n);
create table sales.summary (batch integer, sales bigint, total decimal(14, 2));
create procedure sales.rebuild_batch(wanted integer) language plpgsql as $$
begin
  delete from sales.summary where batch = wanted;
  insert into sales.summary select wanted, count(*), sum(total) from sales.sale where id % 20 = wanted;
end $$;
grant usage on schema sales to public;
grant select, insert, delete on all tables in schema sales to public;

-- Orders behind a view, which can be told to fail at its last row; and what the example may do.
create schema sales;
grant usage, create on schema sales to public;
create table sales.stored (id bigint, customer varchar(40), total decimal(12, 2), ordered timestamptz);
insert into sales.stored
select n,
       case when n % 7 = 0 then null when n % 11 = 0 then '' else 'customer "' || n || '", ltd' end,
       n * 1.25,
       timestamptz '2019-11-01 00:00:00.25+00' + n * interval '1 hour'
from generate_series(1, 12000) as rows(n);
insert into sales.stored values (12001, 'this year', 1, now());
create table sales.breaks (at bigint);
create function sales.checked(id bigint, total decimal) returns decimal language plpgsql as $$
begin
  if id in (select at from sales.breaks) then raise exception 'disk full'; end if;
  return total;
end $$;
create view sales.orders as
select id, customer, sales.checked(id, total)::decimal(12, 2) as total, ordered from sales.stored;
grant select on all tables in schema sales to public;

-- What the regular job has brought from the warehouses of source.sql into Redshift: a schema a tenant in
-- one database. That file's head says which exams there are; here is what is left of them:
--
--   exam             one a student, assessment and year: the latest, at a tie the lower id; neither deleted
--                    nor interim blocks, nor what came after the last window. Of pa every 101st is missing
--                    (the job lags behind): its alt scores are orphans.
--   exam_alt_score   of those updated since 1 September 2020, when the table came; the older ones are what
--                    the back-fill is for.
-- Setting rehearsal.rows: exams of ca and of pa, default 900, as @rows there.

create role "IAMR:rdw-data-api" login;
create role rdw_aggregate login;
do $$
begin
  execute format('grant create on database %I to "IAMR:rdw-data-api"', current_database());
end $$;

create schema scenario;

create function scenario.exams(count int) returns table (
  id bigint, type_id smallint, school_year smallint, asmt_id int, student_id bigint, school_id int,
  scale_score float8, performance_level smallint, completed_at timestamptz, update_import_id bigint,
  deleted boolean, updated timestamptz
) language sql stable as $$
  with numbered as (
    select e, 1 + (e - 1) / 3 as s, (e - 1) % 3 as k from generate_series(1, count) as e
  ), dated as (
    select e, s, k,
      case when k < 2 then 3 when s % 4 = 0 then 2 else 1 end as type_id,
      2020 + s % 2 + case when k = 1 and s % 5 = 3 then 1 else 0 end as school_year,
      case when k < 2 then 100 when s % 4 = 0 then 300 else 200 end + s % 3 as asmt_id,
      case when s % 29 = 0 then timestamptz '2020-11-01 08:30:00+00'
           when s % 31 = 0 then timestamptz '2020-03-08 10:00:00+00'
           else timestamptz '2019-11-02 09:00:00.123456+00' + s * 13 % 560 * interval '24 hours' end
        + case when k <> 1 or s % 5 = 1 then 0 when s % 5 = 2 then 2
               when s % 5 = 3 then 365 else 1 end * interval '24 hours' as completed_at
    from numbered
  )
  select e, type_id, school_year, asmt_id, s, 1 + s % 7, 2400 + e % 300 + 0.25, 1 + e % 4, completed_at,
    case when e % 97 = 0 then 2 else 1 end, k = 1 and s % 5 = 4,
    case when e % 97 = 0 then timestamptz '2022-07-02 10:00:00+00'
         when e % 89 = 0 then timestamptz '2019-10-15 12:00:00+00'
         else completed_at + interval '72 hours' end
  from dated
$$;

-- Keys that Redshift does not enforce are left out: a wrong load must be able to break them here too.
create procedure scenario.make_tenant(tenant text, exams int, alts int, claims int) language plpgsql as $$
begin
  execute format('create schema reporting_%s authorization "IAMR:rdw-data-api"', tenant);
  execute format('set local search_path to reporting_%s, scenario', tenant);
  create table school_year (year smallint not null);
  create table asmt (
    id int not null, type_id smallint not null, grade_id smallint not null, subject_id smallint not null
  );
  create table subject_asmt_type (
    asmt_type_id smallint not null, subject_id smallint not null, alt_score_performance_level_count smallint
  );
  create table subject_score (
    id smallint not null, subject_id smallint not null, asmt_type_id smallint not null,
    score_type_id smallint not null, code varchar(10) not null
  );
  create table exam (
    id bigint not null, type_id smallint not null, school_year smallint not null, asmt_id int not null,
    student_id bigint not null, school_id int not null, scale_score float8 not null,
    performance_level smallint not null, completed_at timestamptz not null, migrate_id bigint not null,
    updated timestamptz not null, update_import_id bigint not null
  );
  create table exam_claim_score (
    id bigint not null, exam_id bigint not null, subject_claim_score_id int not null,
    student_id bigint not null, asmt_id int not null, school_year smallint not null, scale_score float8,
    category smallint not null, completed_at timestamptz not null, migrate_id bigint not null,
    updated timestamptz not null, update_import_id bigint not null
  );
  create table exam_alt_score (
    id bigint not null, exam_id bigint not null, subject_score_id int not null, student_id bigint not null,
    asmt_id int not null, school_year smallint not null, scale_score float8 not null,
    performance_level smallint not null, completed_at timestamptz not null, migrate_id bigint not null,
    updated timestamptz not null, update_import_id bigint not null
  );

  insert into school_year select generate_series(2018, 2023);
  insert into asmt
    select base + grade, kind, 3 + grade, 3
    from (values (100, 3), (200, 1), (300, 2)) as kinds (base, kind), generate_series(0, 2) as grade;
  insert into subject_asmt_type
    select kind, 3, case when alts is null then null else 5 end from generate_series(1, 3) as kind;
  insert into subject_score values (claims, 3, 3, 3, 'R'), (claims + 1, 3, 3, 3, 'W');
  insert into subject_score
    select alts + place, 3, kind, 2, code
    from (values (0, 3, '1'), (1, 3, '2'), (2, 1, '1'), (3, 1, '2'), (4, 2, '1')) as listed (place, kind, code)
    where alts is not null;

  insert into exam
    select id, type_id, school_year, asmt_id, student_id, school_id, scale_score, performance_level,
      completed_at, 3, updated, update_import_id
    from (
      select e.*, row_number() over (
        partition by student_id, asmt_id, school_year order by completed_at desc, id
      ) as place
      from scenario.exams(exams) as e
      where type_id in (1, 3) and not deleted and updated <= timestamptz '2022-07-01 01:00:00+00'
    ) as ranked
    where place = 1 and not (tenant = 'pa' and id % 101 = 0);

  insert into exam_claim_score
    select id * 10 + 2 + j, id, claims + j - 1, student_id, asmt_id, school_year, 2000 + (id + j) % 500,
      1 + (id + j) % 3, completed_at, 3, updated, update_import_id
    from exam, generate_series(1, 2) as j
    where type_id = 3;

  -- Of a float the text with six digits comes here; null scores and levels do not.
  insert into exam_alt_score
    select id * 10 + j, id, alts + j - 1 + case type_id when 3 then 0 else 2 end, student_id, asmt_id,
      school_year, 1000 + (id * 31 + j * 7) % 800 + (id * 37 % 100) / 100.0, 1 + (id + j) % 5,
      completed_at, 3, updated, update_import_id
    from exam, generate_series(1, 2) as j
    where alts is not null and updated >= timestamptz '2020-09-01 00:00:00+00'
      and not (type_id = 3 and (id - 1) % 3 = 1 and student_id % 5 = 2)
      and not (j = 1 and (id % 53 = 0 or id % 59 = 0));

  execute format('grant usage on schema reporting_%s to rdw_aggregate', tenant);
  execute format('grant select on all tables in schema reporting_%s to rdw_aggregate', tenant);
  execute (
    select string_agg(format('alter table reporting_%s.%I owner to "IAMR:rdw-data-api"', tenant, tablename), ';')
    from pg_tables where schemaname = 'reporting_' || tenant
  );
end $$;

do $$
declare
  rows constant int := coalesce(nullif(current_setting('rehearsal.rows', true), ''), '900')::int;
begin
  call scenario.make_tenant('ca', rows, 19, 11);
  call scenario.make_tenant('pa', rows, 7, 19);
  call scenario.make_tenant('nv', least(rows, 90), null, 19);
  call scenario.make_tenant('ts_s001', 0, 31, 1);
end $$;
drop schema scenario cascade;

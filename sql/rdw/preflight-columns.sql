--! Purpose: columns of the tables a back-fill touches, in the schemas of several tenants
--! Rerun: safe, reads only
--! Needs: catalog tables
--! Parameters: :schemas

-- Names of schemas between commas: a list cannot be a parameter.
select cast(n.nspname as varchar(128)) as schema_name,
       cast(c.relname as varchar(128)) as relation,
       cast(a.attname as varchar(128)) as name,
       cast(format_type(a.atttypid, null) as varchar(128)) as type,
       case when a.attnotnull then 1 else 0 end as required
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid
where position(',' || n.nspname || ',' in :schemas) > 0
  and c.relkind = 'r'
  and a.attnum > 0
  and not a.attisdropped
  and (c.relname = 'exam_alt_score'
    or c.relname in ('exam', 'subject_score')
    and a.attname in ('id', 'student_id', 'asmt_id', 'school_year', 'completed_at',
      'migrate_id', 'updated', 'update_import_id', 'asmt_type_id', 'score_type_id'))
order by n.nspname, c.relname, a.attnum;

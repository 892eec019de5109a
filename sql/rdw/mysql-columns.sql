--! Purpose: columns of the tables a back-fill reads, in the schemas of several tenants (MySQL)
--! Rerun: safe, reads only
--! Needs: information_schema (a user sees the columns it has a privilege on)
--! Parameters: :schemas

select table_schema as schema_name,
       table_name as relation,
       column_name as name,
       data_type as type
from information_schema.columns
where table_schema in (:schemas)
  and table_name in ('exam', 'exam_score', 'subject_score', 'migrate');

--! Purpose: the first id from one on (MySQL)
--! Rerun: safe, reads only
--! Needs: the table, with id as its primary key
--! Parameters: :from

select min(t.id) as id
from {{id:database}}.{{id:table}} t
where t.id >= :from;

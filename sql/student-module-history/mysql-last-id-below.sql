--! Purpose: the last id below one (MySQL)
--! Rerun: safe, reads only
--! Needs: the table, with id as its primary key
--! Parameters: :below

select max(t.id) as id
from {{id:database}}.{{id:table}} t
where t.id < :below;

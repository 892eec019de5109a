--! Purpose: rows written since an instant, and the first of their ids (MySQL)
--! Rerun: safe, reads only
--! Needs: the table, with its index on created
--! Parameters: :since

select count(*) as n,
       min(t.id) as first_id
from {{id:database}}.{{id:table}} t
where t.created >= :since;

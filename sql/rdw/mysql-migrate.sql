--! Purpose: the newest migrate row of a tenant, and how far its completed jobs have come (MySQL)
--! Rerun: safe, reads only
--! Needs: migrate of the tenant's control schema
--! Parameters: none

select m.id,
       m.status,
       date_format(m.created, '%Y-%m-%d %H:%i:%s.%f') as created,
       date_format(m.last_at, '%Y-%m-%d %H:%i:%s.%f') as last_at,
       (select date_format(max(d.last_at), '%Y-%m-%d %H:%i:%s.%f')
        from {{id:migrate}}.migrate d
        where d.status = 20) as high
from {{id:migrate}}.migrate m
order by m.id desc
limit 1;

--! Purpose: legacy users that are missing in user_v2
--! Rerun: safe, reads only
--! Needs: user_m_view, user_v2
--! Parameters: none

select 'users that are missing in user_v2' as name,
       '0' as expected,
       cast(count(distinct u.user_pseudo_id) as varchar(32)) as actual
from {{id:schema}}.user_m_view u
left join {{id:schema}}.user_v2 v
  on v.user_pseudo_id = u.user_pseudo_id
where u.user_pseudo_id is not null
  and v.user_pseudo_id is null;

--! Purpose: ids of a tenant's alt scores (MySQL)
--! Rerun: safe, reads only
--! Needs: subject_score of the tenant's warehouse
--! Parameters: none

select id
from {{id:warehouse}}.subject_score
where asmt_type_id in (1, 3)
  and score_type_id = 2
order by id;

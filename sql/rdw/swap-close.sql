--! Purpose: what the swap has brought, for the mark
--! Rerun: safe, in the transaction that made the mark
--! Needs: swap-mark.sql before it
--! Parameters: none

update {{id:schema}}.{{id:mark}}
set total = (select count(*) from {{id:schema}}.exam_alt_score);

--! Purpose: chunks that the procedure began and did not end
--! Rerun: safe, reads only
--! Needs: tmp_backfill_trace
--! Parameters: none

select 'unfinished chunks in tmp_backfill_trace' as name,
       '0' as expected,
       cast(count(*) as varchar(32)) as actual
from {{id:schema}}.tmp_backfill_trace
where status <> 'done';

--! Purpose: every sale is in the summary once
--! Rerun: safe, reads only
--! Needs: sale and summary
--! Parameters: none

select 'sales in the summary' as name,
       (select count(*) from {{id:schema}}.sale)::varchar as expected,
       (select coalesce(sum(sales), 0) from {{id:schema}}.summary)::varchar as actual;

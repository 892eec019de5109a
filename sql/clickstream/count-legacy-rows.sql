--! Purpose: rows of the legacy tables that a clean-up would drop
--! Rerun: safe, reads only
--! Needs: event, event_parameter, item, user
--! Parameters: none

select 'event' as name, cast(count(*) as varchar(32)) as row_count
from {{id:schema}}.event
union all
select 'event_parameter' as name, cast(count(*) as varchar(32)) as row_count
from {{id:schema}}.event_parameter
union all
select 'item' as name, cast(count(*) as varchar(32)) as row_count
from {{id:schema}}.item
union all
select 'user' as name, cast(count(*) as varchar(32)) as row_count
from {{id:schema}}."user";

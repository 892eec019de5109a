--! Purpose: how far ingestion has come
--! Rerun: safe, reads only
--! Needs: the table of raw events
--! Parameters: none

select toString(count()) as rows,
       toString(toUnixTimestamp(max(emission_time))) as last
from {{id:xapi}}.xapi_events_all

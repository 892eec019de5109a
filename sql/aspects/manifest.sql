--! Purpose: state that dbt has left behind, by its fingerprint
--! Rerun: safe, reads only
--! Needs: the table that dbt's script keeps; it replaces rows when parts merge, so that it is read with final
--! Parameters: none

select path,
       toString(sipHash64(content)) as hash
from {{id:event_sink}}.aspects_data final
where endsWith(path, 'manifest.json')

--! Purpose: rows of an old table that are older than what its replacement is computed from
--! Rerun: safe, reads only
--! Needs: the table, which replaces or sums rows when parts merge
--! Parameters: :boundary

select toString(count()) as rows
from {{id:database}}.{{id:name}} final
where toUnixTimestamp(toDateTime({{id:time}})) < :boundary

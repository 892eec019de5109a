--! Purpose: load the files of one manifest, as unload-csv.sql writes them, and nothing else
--! Rerun: unsafe, COPY adds rows; guarded by a count: the table must be empty before each attempt
--! Needs: a role of the warehouse that may list the bucket and read it; right to insert
--! Parameters: none

-- COPY takes no parameters. One row that does not fit fails the load; a column list keeps columns
-- that were added or moved from shifting values.
copy {{id:schema}}.{{id:table}} ({{id:columns}})
from {{lit:manifest}}
iam_role {{lit:role}}
manifest
format as csv
null as '@NULL@'
timeformat 'auto'
maxerror 0
compupdate off;

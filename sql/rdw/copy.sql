--! Purpose: load the files of one manifest, as MySQL writes them with INTO OUTFILE, and nothing else
--! Rerun: unsafe, COPY adds rows; guarded by a count: the table must be empty before each attempt
--! Needs: a role of the warehouse that may list the bucket and read it; right to insert; utc.sql before it
--! Parameters: none

-- COPY takes no parameters. NULL is an unquoted \N, which is the default. One row that does not fit fails
-- the load; a column list keeps columns that were added or moved from shifting values.
copy {{id:schema}}.{{id:table}} ({{id:columns}})
from {{lit:manifest}}
iam_role {{lit:role}}
manifest
format as csv
timeformat 'auto'
maxerror 0
compupdate off;

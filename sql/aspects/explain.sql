--! Purpose: whether a view can be read: its query is analysed, not run
--! Rerun: safe, reads only
--! Needs: the view
--! Parameters: none

explain select *
from {{id:database}}.{{id:name}}
limit 1

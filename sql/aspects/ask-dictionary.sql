--! Purpose: loads a dictionary by asking it
--! Rerun: safe, reads only
--! Needs: the dictionary
--! Parameters: none

select toString(count()) as rows
from {{id:database}}.{{id:name}}

--! Purpose: revision of the migrations in a table that was brought back under another name
--! Rerun: safe, reads only
--! Needs: the table
--! Parameters: none

select version_num
from {{id:database}}.{{id:copy}} final

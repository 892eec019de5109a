--! Purpose: revision of the database's migrations
--! Rerun: safe, reads only
--! Needs: the table that Alembic keeps; it replaces rows when parts merge, so that it is read with final
--! Parameters: none

select version_num
from {{id:xapi}}.alembic_version final

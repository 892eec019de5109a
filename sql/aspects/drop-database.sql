--! Purpose: drops a database that a verified backup has, to make place for it
--! Rerun: safe, one that is gone is left out
--! Needs: an approval, a backup that was read just before, and nothing that writes
--! Parameters: none

drop database if exists {{id:database}} sync
settings check_table_dependencies = 0

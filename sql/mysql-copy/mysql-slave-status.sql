--! Purpose: how far a replica of an older server is behind
--! Rerun: safe, reads only
--! Needs: the right REPLICATION CLIENT
--! Parameters: none
-- MySQL.
show slave status

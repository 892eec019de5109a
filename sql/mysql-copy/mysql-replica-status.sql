--! Purpose: how far a replica is behind
--! Rerun: safe, reads only
--! Needs: the right REPLICATION CLIENT; MySQL 8.0.22 or MariaDB 10.5
--! Parameters: none
-- MySQL.
show replica status

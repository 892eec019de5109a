--! Purpose: how a server follows another one, if it does (MySQL)
--! Rerun: safe, reads only
--! Needs: the right REPLICATION CLIENT (MariaDB: SLAVE MONITOR)
--! Parameters: none

-- Since MySQL 8.0.22 and MariaDB 10.5.
show replica status;

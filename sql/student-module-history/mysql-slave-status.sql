--! Purpose: how an older server follows another one, if it does (MySQL)
--! Rerun: safe, reads only
--! Needs: the right REPLICATION CLIENT (MariaDB: SLAVE MONITOR)
--! Parameters: none

show slave status;

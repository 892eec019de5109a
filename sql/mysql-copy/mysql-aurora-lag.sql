--! Purpose: how far the slowest reader of an Aurora cluster is behind
--! Rerun: safe, reads only
--! Needs: Aurora MySQL; other servers do not know the table
--! Parameters: none
-- MySQL. https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Replication.html
select max(h.replica_lag_in_milliseconds) as millis
from information_schema.replica_host_status h
where h.session_id <> 'MASTER_SESSION_ID'

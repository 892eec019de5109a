--! Purpose: how many old versions of rows InnoDB has not yet removed
--! Rerun: safe, reads only
--! Needs: the right PROCESS
--! Parameters: none
-- MySQL.
select m.`COUNT` as length
from information_schema.innodb_metrics m
where m.name = 'trx_rseg_history_len'

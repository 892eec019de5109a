--! Purpose: the next id the new table gives (MySQL)
--! Rerun: safe, a value not above the largest id is raised by the server, which the reading after it shows
--! Needs: the rights ALTER, CREATE and INSERT
--! Parameters: :next_id

-- https://dev.mysql.com/doc/refman/8.0/en/innodb-auto-increment-handling.html
alter table {{id:database}}.{{id:table}} auto_increment = :next_id;

--! Purpose: hold a name on the server, until the session ends (MySQL)
--! Rerun: safe, the lock is the session's own
--! Needs: nothing
--! Parameters: :lock

-- https://dev.mysql.com/doc/refman/8.0/en/locking-functions.html
select get_lock(:lock, 0) as got,
       connection_id() as id;

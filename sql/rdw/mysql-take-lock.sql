--! Purpose: become the one session that may export for a run and tenant, and learn its id
--! Rerun: safe, the lock is the session's own and ends with it
--! Needs: nothing
--! Parameters: :lock
-- MySQL. A session whose client is gone keeps its lock until its statement is over: whoever gets the lock
-- knows that nothing runs, and that nothing can begin to.
-- https://dev.mysql.com/doc/refman/8.0/en/locking-functions.html
select get_lock(:lock, 0) as got, connection_id() as id

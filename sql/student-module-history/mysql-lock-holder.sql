--! Purpose: which session of this server holds a name (MySQL)
--! Rerun: safe, reads only
--! Needs: nothing
--! Parameters: :lock

select is_used_lock(:lock) as id;

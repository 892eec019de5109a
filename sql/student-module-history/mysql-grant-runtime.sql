--! Purpose: let the application read and write history in the new database (MySQL)
--! Rerun: safe, a right is given once
--! Needs: the rights themselves, with GRANT OPTION; the user
--! Parameters: :user, :host

-- The name in a GRANT is a pattern, in which _ and % stand for others (not with partial_revokes), and no parameter:
-- https://dev.mysql.com/doc/refman/8.0/en/grant.html#grant-database-privileges
grant select, insert, update, delete on {{lit:database}}.* to :user@:host;

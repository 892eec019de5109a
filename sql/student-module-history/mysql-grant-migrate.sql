--! Purpose: let Django's migrations make and change the new table (MySQL)
--! Rerun: safe, a right is given once
--! Needs: the rights themselves, with GRANT OPTION; the user
--! Parameters: :user, :host

-- The name in a GRANT is a pattern, in which _ and % stand for others (not with partial_revokes), and no parameter:
-- https://dev.mysql.com/doc/refman/8.0/en/grant.html#grant-database-privileges
grant select, insert, update, delete, alter, create, drop, index on {{lit:database}}.* to :user@:host;

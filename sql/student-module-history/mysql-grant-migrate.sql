--! Purpose: let Django's migrations make and change the new table (MySQL)
--! Rerun: safe, a right is given once
--! Needs: the rights themselves, with GRANT OPTION; the user
--! Parameters: :user, :host

grant select, insert, update, delete, alter, create, drop, index on {{id:database}}.* to :user@:host;

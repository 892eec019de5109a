--! Purpose: let the application read and write history in the new database (MySQL)
--! Rerun: safe, a right is given once
--! Needs: the rights themselves, with GRANT OPTION; the user
--! Parameters: :user, :host

grant select, insert, update, delete on {{id:database}}.* to :user@:host;

--! Purpose: let the copy write rows and keep its checkpoints in the new database (MySQL)
--! Rerun: safe, a right is given once
--! Needs: the rights themselves, with GRANT OPTION; the user
--! Parameters: :user, :host

grant select, insert, update, alter, create on {{id:database}}.* to :user@:host;

--! Purpose: what a user may do (MySQL)
--! Rerun: safe, reads only
--! Needs: the right SELECT on database mysql
--! Parameters: :user, :host

show grants for :user@:host;

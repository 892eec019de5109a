--! Purpose: migrate legacy users into user_v2
--! Rerun: safe, the procedure takes only users that are not in user_v2 and redoes half-done rows
--! Needs: sp_migrate_user_to_v2, user, user_m_view, user_v2
--! Parameters: none

call {{id:schema}}.sp_migrate_user_to_v2();

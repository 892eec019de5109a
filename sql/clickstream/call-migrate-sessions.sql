--! Purpose: build the sessions of event_v2
--! Rerun: safe, the procedure takes only sessions that are not in session and redoes half-done rows
--! Needs: sp_migrate_session_to_v2, event_v2, session
--! Parameters: none

call {{id:schema}}.sp_migrate_session_to_v2();

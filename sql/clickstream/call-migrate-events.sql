--! Purpose: migrate one chunk of legacy events of the last :days days into event_v2
--! Rerun: safe, the procedure takes only events that are not in event_v2 and redoes an unfinished chunk
--! Needs: sp_migrate_event_to_v2, event, event_parameter, user_m_view, event_v2
--! Parameters: :days

call {{id:schema}}.sp_migrate_event_to_v2(:days::integer);

--! Purpose: bring the view of each user's newest row up to date, from which users are migrated
--! Rerun: safe, a refresh changes nothing that is up to date
--! Needs: user_m_view, owned by the caller
--! Parameters: none

refresh materialized view {{id:schema}}.user_m_view;

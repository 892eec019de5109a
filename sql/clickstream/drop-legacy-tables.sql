--! Purpose: drop the four tables of the schema before v1.1.6, all or none; irreversible, behind a gate and a passed reconciliation
--! Rerun: safe, a table that is gone is left out
--! Needs: ownership of the tables; user_m_view and item_m_view are gone, and nothing else may need them
--! Parameters: none

drop table if exists {{id:schema}}.event, {{id:schema}}.event_parameter, {{id:schema}}.item, {{id:schema}}."user" restrict;

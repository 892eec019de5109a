--! Purpose: drop the view of each item's newest legacy row; irreversible, behind a gate and a passed reconciliation
--! Rerun: safe, a view that is gone is left out
--! Needs: ownership of item_m_view; nothing else may need it
--! Parameters: none

drop materialized view if exists {{id:schema}}.item_m_view restrict;

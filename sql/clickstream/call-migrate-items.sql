--! Purpose: migrate legacy items of the last :days days into item_v2
--! Rerun: safe, the procedure takes only items that are not in item_v2 and redoes half-done rows
--! Needs: sp_migrate_item_to_v2, event, item, item_v2
--! Parameters: :days

call {{id:schema}}.sp_migrate_item_to_v2(:days::integer);

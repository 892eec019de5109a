--! Purpose: rebuild one batch of the sales summary
--! Rerun: safe, the procedure replaces the batch in one transaction
--! Needs: rebuild_batch
--! Parameters: :batch

call {{id:schema}}.rebuild_batch(:batch::integer);

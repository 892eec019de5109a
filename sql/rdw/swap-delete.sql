--! Purpose: the alt scores of a tenant make room for those that were staged
--! Rerun: unsafe, only in the swap's transaction, behind its checks and the gate of the run
--! Needs: right to delete
--! Parameters: none

-- No TRUNCATE: it would commit the transaction.
delete from {{id:schema}}.exam_alt_score;

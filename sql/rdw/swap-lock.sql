--! Purpose: nobody else writes to the alt scores until the swap is over
--! Rerun: safe, ends with its transaction
--! Needs: right to lock the table
--! Parameters: none

-- First in the transaction, so that all that follows sees the table as it is then.
lock {{id:schema}}.exam_alt_score;

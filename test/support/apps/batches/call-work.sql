--! Purpose: one batch of a procedure that works for a while
--! Rerun: safe, each call writes one row and the test counts them
--! Needs: demo.work
--! Parameters: :batch

call {{id:schema}}.work(:batch::integer);

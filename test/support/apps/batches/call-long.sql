--! Purpose: one call that works for many hours
--! Rerun: safe, each call writes one row and the test counts them
--! Needs: demo.long_work
--! Parameters: none

call {{id:schema}}.long_work();

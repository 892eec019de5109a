--! Purpose: give back the room of deleted rows, and sort
--! Rerun: safe, a second run finds nothing to do
--! Needs: ownership of the table; no transaction around it
--! Parameters: none

vacuum {{id:schema}}.exam_alt_score;

--! Purpose: statistics for the planner
--! Rerun: safe, a second run finds the same
--! Needs: ownership of the table
--! Parameters: none

analyze {{id:schema}}.exam_alt_score;

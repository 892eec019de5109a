--! Purpose: a table of the run for what is loaded, like the one that is back-filled
--! Rerun: safe, does nothing when it is there
--! Needs: right to create in the schema
--! Parameters: none

create table if not exists {{id:schema}}.{{id:staging}} (like {{id:schema}}.exam_alt_score);

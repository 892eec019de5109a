--! Purpose: keep everybody else from the old table (MySQL)
--! Rerun: safe, ends with the session
--! Needs: the right LOCK TABLES
--! Parameters: none

lock tables {{id:database}}.{{id:table}} write;

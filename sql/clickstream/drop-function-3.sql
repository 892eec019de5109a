--! Purpose: an external function of three arguments that does not answer as it must is taken away; its Lambda function stays
--! Rerun: unsafe, fails when the function is not there; the task reads the catalog before and after
--! Needs: ownership of the function or superuser
--! Parameters: none

drop function {{id:schema}}.{{id:function}}(varchar, varchar, varchar);

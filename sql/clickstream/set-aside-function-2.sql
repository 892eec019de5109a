--! Purpose: a function of two arguments that does not work makes room and is kept under another name
--! Rerun: unsafe, fails when the function is not there; the task reads the catalog before and after
--! Needs: ownership of the function or superuser
--! Parameters: none

alter function {{id:schema}}.{{id:function}}(varchar, varchar)
rename to {{id:kept}};

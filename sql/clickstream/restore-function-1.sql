--! Purpose: a function of one argument that was set aside gets its name back
--! Rerun: unsafe, fails when the name is taken; the task reads the catalog before and after
--! Needs: ownership of the function or superuser
--! Parameters: none

alter function {{id:schema}}.{{id:kept}}(varchar)
rename to {{id:function}};

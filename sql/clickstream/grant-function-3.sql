--! Purpose: let the user who calls the procedures execute a function of three arguments that another user made
--! Rerun: safe, granting again changes nothing
--! Needs: the function, as its owner or a superuser
--! Parameters: none

grant execute on function {{id:schema}}.{{id:function}}(varchar, varchar, varchar)
to {{id:user}};

--! Purpose: functions that migrations have made
--! Rerun: safe, reads only
--! Needs: right to read system.functions
--! Parameters: none

select name
from system.functions
where origin = 'SQLUserDefined'

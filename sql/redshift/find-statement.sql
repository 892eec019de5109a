--! Purpose: what the query history knows of a statement, found by the comment that opens it
--! Rerun: safe, reads only
--! Needs: sys_query_history (7 days; a user sees its own statements)
--! Parameters: :comment, :since

select status,
       error_message,
       elapsed_time
from sys_query_history
where start_time >= :since::timestamp
  and strpos(query_text, :comment) = 1
order by start_time desc;

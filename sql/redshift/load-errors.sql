--! Purpose: which rows a COPY refused and why, without their values; found by the comment that opens it
--! Rerun: safe, reads only
--! Needs: sys_load_error_detail, sys_query_history (7 days; a user sees its own statements)
--! Parameters: :comment, :since

select trim(detail.file_name) as file_name,
       detail.line_number,
       trim(detail.column_name) as column_name,
       detail.error_code,
       trim(detail.error_message) as error_message
from sys_load_error_detail as detail
join sys_query_history as history on history.query_id = detail.query_id
where history.start_time >= :since::timestamp
  and strpos(history.query_text, :comment) = 1
order by detail.file_name, detail.line_number
limit 5;

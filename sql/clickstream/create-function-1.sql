--! Purpose: an external function of one argument, answered by a Lambda function in batches
--! Rerun: unsafe, fails when the function is there; the task reads the catalog before and after
--! Needs: create external function, the role associated with the warehouse (the command takes no parameters, hence literals)
--! Parameters: none

create external function {{id:schema}}.{{id:function}}(varchar(65535))
returns varchar(65535)
stable
lambda {{lit:lambda}}
iam_role {{lit:role}}
retry_timeout 300000
max_batch_rows {{lit:max_rows}}
max_batch_size {{lit:max_kb}} kb;

--! Purpose: the mark of a swap: a table that is there when it was committed
--! Rerun: safe, fails when it is there, and with it the transaction
--! Needs: right to create in the schema; swap-lock.sql before it
--! Parameters: none

-- Second in the transaction: of two swaps of one run one waits for the lock, and then fails here.
create table {{id:schema}}.{{id:mark}} as
select count(*) as replaced,
       cast(0 as bigint) as total
from {{id:schema}}.exam_alt_score;

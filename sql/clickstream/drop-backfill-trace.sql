--! Purpose: drop the record of the event procedure's chunks, which the guide forgets; irreversible, behind a gate
--! Rerun: safe, a table that is gone is left out
--! Needs: ownership of tmp_backfill_trace; every chunk in it is done
--! Parameters: none

drop table if exists {{id:schema}}.tmp_backfill_trace restrict;

--! Purpose: empty the old table at once (MySQL)
--! Rerun: unsafe, whoever asks again has to look first whether it is empty: rows may have come since
--! Needs: a full verification, the way back, reads flipped, a typed confirmation; the table locked, and no row outside of the range in it
--! Parameters: none

truncate table {{id:database}}.{{id:table}};

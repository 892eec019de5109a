--! Purpose: delete the rows of one window of ids from the old table (MySQL)
--! Rerun: safe, rows that are gone stay gone, and none outside of the window is touched
--! Needs: a full verification, the way back, reads flipped, a typed confirmation; the ids of the window compared
--! Parameters: :after, :to, :most

-- The caller rolls back when it were not as many rows as it had compared: one more is asked for than there are.
delete from {{id:database}}.{{id:table}}
where id > :after
  and id <= :to
order by id
limit :most;

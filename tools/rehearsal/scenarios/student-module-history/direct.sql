-- On one server: rows are copied within it, without travelling, when the target's user may read the old table.

grant select on edxapp.courseware_studentmodulehistory to history_writer;

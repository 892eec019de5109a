# dbt says so itself. It exits 0 where it selected nothing.
read_log
logged 'Done!' || problem 'the command did not come to its end'
! logged 'Database Error' || problem 'dbt met an error of the database'
! logged 'Nothing to do' || problem 'dbt has selected nothing'
summary=$(grep -Eo 'PASS=[0-9]+ WARN=[0-9]+ ERROR=[0-9]+ SKIP=[0-9]+( NO-OP=[0-9]+)? TOTAL=[0-9]+' "$unit/log.plain" | tail -n 1 || true)
case "$summary" in *' ERROR=0 '*) ;; *) problem "dbt ended with ${summary:-no summary}" ;; esac
member dbt "$(js "$summary")"
trailer

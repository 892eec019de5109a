# Six jobs have run, and dbt was content. A misspelt name, a plugin that is off and a client that was killed
# all end with `All services initialised.` and exit 0.
read_log
tasks=$(sed -n 's/.*Running init task in \([a-z-]*\).*/\1/p' "$unit/log.plain" | tr '\n' ' ')
[ "$tasks" = 'mysql clickhouse aspects superset mysql lms ' ] ||
  problem "init has run ${tasks:-no job }in place of mysql clickhouse aspects superset mysql lms"
logged 'All services initialised.' || problem 'init did not come to its end'
summary=$(grep -Eo 'PASS=[0-9]+ WARN=[0-9]+ ERROR=[0-9]+ SKIP=[0-9]+( NO-OP=[0-9]+)? TOTAL=[0-9]+' "$unit/log.plain" | tail -n 1 || true)
case "$summary" in
  *' ERROR=0 '*) logged 'Completed successfully' || problem 'dbt did not say that it completed' ;;
  '') ;;
  *) problem "dbt ended with $summary" ;;
esac
# With a saved state that is too new dbt builds nothing and is content; so is it where all is built. ClickHouse
# is asked afterwards.
built=true
if [ -z "$summary" ] || logged 'Nothing to do'; then built=false; fi
! logged 'An error occurred:' || problem 'the import of Superset assets swallowed an error: "An error occurred:"'
member tasks "$(js "$tasks")"
member dbt "$(js "$summary")"
member built "$built"
trailer

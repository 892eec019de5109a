# Every file is there and whole, and the dump is one from its first line to its last: FOLDER, BACKUP_ID.
# MAX_AGE: seconds since the run began. CHANGED_SINCE: `yes` where config.yml may be another one by now.
backup="${FOLDER:?}/${BACKUP_ID:?}"
[ -d "$backup" ] || refuse "there is no folder $backup"
cd "$backup"
sha256sum -c sums.txt > /dev/null 2>&1 || problem "the files in $backup are not those that were written"
gzip -t superset.sql.gz 2>/dev/null || problem 'superset.sql.gz is broken'
# A warning of the client, or a line of a program around it, would stop the way back in its middle.
first=$(sql_of superset.sql.gz 2>/dev/null | awk 'NF { print; exit }')
case "$first" in
  '--'* | '/*'*) ;;
  *) problem "superset.sql.gz begins with what is no SQL: $(printf '%s' "$first" | cut -c 1-60)" ;;
esac
sql_of superset.sql.gz 2>/dev/null | tail -n 3 | grep -q 'Dump completed' || problem 'the dump of Superset did not come to its end'
tables=$(sql_of superset.sql.gz 2>/dev/null | grep -c '^CREATE TABLE' || true)
[ "$tables" -gt 0 ] || problem 'the dump of Superset holds no table'
cmp -s config.yml "$TUTOR_ROOT/config.yml" || [ "${CHANGED_SINCE:-no}" = yes ] || problem 'config.yml is another one now'
# Copies that people have made say when by their sums.
made=$(cat made.txt 2>/dev/null || date -r sums.txt +%s)
age=$(($(date +%s) - made))
# Clocks differ by seconds.
[ -z "${MAX_AGE:-}" ] || [ "$age" -le $((MAX_AGE + 60)) ] ||
  problem "the files in $backup are $age s old, and the run began $MAX_AGE s ago: what was written since is not in them; take them again"
files=
while read -r sum name; do
  files="$files${files:+,}{\"name\":$(js "$name"),\"bytes\":$(wc -c < "$name" | tr -d ' '),\"sha256\":$(js "$sum")}"
done < sums.txt
member folder "$(js "$backup")"
member tables "$(js_number "$tables")"
member at "$(js_number "$made")"
member files "[$files]"
trailer

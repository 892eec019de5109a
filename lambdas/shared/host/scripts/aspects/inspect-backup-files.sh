# Every file is there and whole, and the dump came to its end: FOLDER, BACKUP_ID. MAX_AGE: seconds since the run began.
FOLDER=${FOLDER:-$HOME/upgrade-backups}
backup="$FOLDER/$BACKUP_ID"
[ -d "$backup" ] || refuse "there is no folder $backup"
cd "$backup"
sha256sum -c sums.txt > /dev/null 2>&1 || problem "the files in $backup are not those that were written"
gzip -t superset.sql.gz 2>/dev/null || problem 'superset.sql.gz is broken'
gzip -dc superset.sql.gz | tail -n 3 | grep -q 'Dump completed' || problem 'the dump of Superset did not come to its end'
tables=$(gzip -dc superset.sql.gz | grep -c '^CREATE TABLE' || true)
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

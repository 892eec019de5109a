# Stop: let it end, for half a database is none
# Brings config.yml and the metadata of Superset back: FOLDER, BACKUP_ID. SERVICES stay held. RUN: of the way back.
right_root
no_jobs
stay_held
backup="${FOLDER:?}/${BACKUP_ID:?}"
cd "$backup"
sha256sum -c sums.txt > /dev/null || refuse "the files in $backup are not those that were written"
cp "$TUTOR_ROOT/config.yml" "$unit/config.before"
# It would write into half a database, and holds its tables open. The new containers start it again.
rest superset superset-worker superset-worker-beat
if runs_mysql; then
  sql_of superset.sql.gz | load_database "$(value SUPERSET_DB_NAME)"
elif [ ! -e "loaded-${RUN:-}" ]; then
  refuse "MySQL is not run by Tutor here. Superset is stopped: empty its database $(value SUPERSET_DB_NAME) on $(value SUPERSET_DB_HOST), load $backup/superset.sql.gz into it, then touch $backup/loaded-${RUN:-} and redrive"
fi
cp config.yml "$TUTOR_ROOT/config.yml.new"
mv "$TUTOR_ROOT/config.yml.new" "$TUTOR_ROOT/config.yml"

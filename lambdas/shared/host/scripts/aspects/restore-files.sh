# Stop: let it end, for half a database is none
# Brings config.yml and the metadata of Superset back: FOLDER, BACKUP_ID. SERVICES stay held.
right_root
no_jobs
stay_held
backup="${FOLDER:?}/${BACKUP_ID:?}"
cd "$backup"
sha256sum -c sums.txt > /dev/null || refuse "the files in $backup are not those that were written"
cp "$TUTOR_ROOT/config.yml" "$unit/config.before"
database=$(value SUPERSET_DB_NAME)
own_mysql "$database"
# It would write into half a database, and holds its tables open. The new containers start it again.
rest superset superset-worker superset-worker-beat
sql_of superset.sql.gz | load_database "$database"
cp config.yml "$TUTOR_ROOT/config.yml.new"
mv "$TUTOR_ROOT/config.yml.new" "$TUTOR_ROOT/config.yml"

# Stop: let it end, for half a database is none
# Brings config.yml and the metadata of Superset back: FOLDER, BACKUP_ID.
FOLDER=${FOLDER:-$HOME/upgrade-backups}
right_root
no_jobs
backup="$FOLDER/$BACKUP_ID"
cd "$backup"
sha256sum -c sums.txt > /dev/null || refuse "the files in $backup are not those that were written"
cp "$TUTOR_ROOT/config.yml" "$unit/config.before"
database=$(value SUPERSET_DB_NAME)
gzip -dc superset.sql.gz | load_database "$database"
cp config.yml "$TUTOR_ROOT/config.yml.new"
mv "$TUTOR_ROOT/config.yml.new" "$TUTOR_ROOT/config.yml"

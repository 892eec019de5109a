# The settings are those of the backup, and Superset has the tables of the dump: FOLDER, BACKUP_ID.
FOLDER=${FOLDER:-$HOME/upgrade-backups}
cd "$FOLDER/$BACKUP_ID"
cmp -s config.yml "$TUTOR_ROOT/config.yml" || problem 'config.yml is not the one of the backup'
wanted=$(gzip -dc superset.sql.gz | grep -c '^CREATE TABLE' || true)
there=$(dump_database "$(value SUPERSET_DB_NAME)" | grep -c '^CREATE TABLE' || true)
[ "$there" -ge "$wanted" ] || problem "Superset has $there tables, the backup $wanted"
member tables "$(js_number "$there")"
trailer

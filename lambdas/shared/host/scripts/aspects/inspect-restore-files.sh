# The settings are those of the backup, and Superset has the tables of the dump and no others: FOLDER, BACKUP_ID.
cd "${FOLDER:?}/${BACKUP_ID:?}"
cmp -s config.yml "$TUTOR_ROOT/config.yml" || problem 'config.yml is not the one of the backup'
wanted=$(sql_of superset.sql.gz | grep -c '^CREATE TABLE' || true)
there=$(dump_database "$(value SUPERSET_DB_NAME)" | grep -c '^CREATE TABLE' || true)
[ "$there" = "$wanted" ] || problem "Superset has $there tables, the backup $wanted"
member tables "$(js_number "$there")"
trailer

# Stop: kill
# Copies of what no backup of ClickHouse has: config.yml, versions, and the metadata of Superset. FOLDER, BACKUP_ID.
right_root
mkdir -p "${FOLDER:?}"
rm -rf "$FOLDER/${BACKUP_ID:?}.new"
mkdir "$FOLDER/$BACKUP_ID.new"
cd "$FOLDER/$BACKUP_ID.new"
cp "$TUTOR_ROOT/config.yml" config.yml
python -m pip freeze > versions.txt
docker images --format "$(fmt .Repository):$(fmt .Tag) $(fmt .ID)" > images.txt
database=$(value SUPERSET_DB_NAME)
# The password stays in the container: nobody sees it in a list of processes.
dump_database "$database" > superset.sql
gzip -f superset.sql
date +%s > made.txt
sha256sum config.yml versions.txt images.txt superset.sql.gz made.txt > sums.txt
cd /
rm -rf "$FOLDER/${BACKUP_ID:?}"
mv "$FOLDER/$BACKUP_ID.new" "$FOLDER/$BACKUP_ID"

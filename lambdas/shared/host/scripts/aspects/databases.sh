# Superset's metadata in the MySQL that Tutor runs.

# Not through `tutor exec`: that prints its own command line to stdout first, and a dump would begin with it.
in_mysql() {
  if [ "$MODE" = k8s ]; then
    in_cluster exec -i deployment/mysql -- sh -c "$1"
  else
    mysql_id=$(docker ps -q --filter "label=com.docker.compose.project=$(project)" \
      --filter label=com.docker.compose.service=mysql --filter label=com.docker.compose.oneoff=False)
    [ -n "$mysql_id" ] || refuse "no container of the service mysql runs in $(project): start the platform"
    docker exec -i "$mysql_id" sh -c "$1"
  fi
}

own_mysql() {
  [ "$(value RUN_MYSQL)" = True ] || refuse 'MySQL is not run by Tutor here: the database of Superset is yours'
  case "$1" in '' | *[!A-Za-z0-9_]*) refuse "SUPERSET_DB_NAME is no name of a database: $1" ;; esac
}

dump_database() {
  own_mysql "$1"
  in_mysql "MYSQL_PWD=\"\$MYSQL_ROOT_PASSWORD\" mysqldump --user=root --single-transaction --routines $1"
}

# Empties the database first: what a newer version has added must not stay beside what is loaded.
load_database() {
  own_mysql "$1"
  in_mysql "export MYSQL_PWD=\"\$MYSQL_ROOT_PASSWORD\"; mysql --user=root --execute='DROP DATABASE IF EXISTS $1; CREATE DATABASE $1' < /dev/null && mysql --user=root $1"
}

# A dump as SQL, without the command line that `tutor exec` sets before it.
sql_of() { gzip -dc "$1" | sed '1{/^docker[ -]compose /d;}'; }

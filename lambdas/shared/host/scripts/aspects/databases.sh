# Superset's metadata in the MySQL that Tutor runs.
in_mysql() {
  if [ "$MODE" = k8s ]; then
    kubectl --namespace "$(value K8S_NAMESPACE)" exec -i deployment/mysql -- sh -c "$1"
  else
    tutor "$MODE" exec mysql sh -c "$1"
  fi
}

own_mysql() {
  [ "$(value RUN_MYSQL)" = True ] || refuse 'MySQL is not run by Tutor here: back the database of Superset up yourself'
  case "$1" in '' | *[!A-Za-z0-9_]*) refuse "SUPERSET_DB_NAME is no name of a database: $1" ;; esac
}

dump_database() {
  own_mysql "$1"
  in_mysql "MYSQL_PWD=\"\$MYSQL_ROOT_PASSWORD\" mysqldump --user=root --single-transaction --routines $1"
}

load_database() {
  own_mysql "$1"
  in_mysql "MYSQL_PWD=\"\$MYSQL_ROOT_PASSWORD\" mysql --user=root $1"
}

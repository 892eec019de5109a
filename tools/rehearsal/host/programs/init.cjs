// The six jobs of `do init -l aspects`: service, the script as it is rendered, passwords included, and seconds.

const INIT = [
  [
    'mysql',
    (s) =>
      `mysql -u root --password="${s.MYSQL_ROOT_PASSWORD}" -e "ALTER USER superset IDENTIFIED BY '${s.SUPERSET_DB_PASSWORD}'"`,
    20,
  ],
  [
    'clickhouse',
    (s) =>
      `clickhouse client --user ${s.CLICKHOUSE_ADMIN_USER} --password="${s.CLICKHOUSE_ADMIN_PASSWORD}" -q "CREATE USER ch_lrs IDENTIFIED BY '${s.ASPECTS_CLICKHOUSE_LRS_PASSWORD}'"`,
    15,
  ],
  [
    'aspects',
    (s) =>
      `alembic upgrade head && DBT_PROFILE_PASSWORD=${s.CLICKHOUSE_ADMIN_PASSWORD} dbt.sh True run`,
    90,
  ],
  [
    'superset',
    (s) =>
      `superset fab create-admin --username admin --password ${s.SUPERSET_ADMIN_PASSWORD}; SECRET=${s.SUPERSET_SECRET_KEY}`,
    120,
  ],
  [
    'mysql',
    (s) =>
      `mysql -u root --password="${s.MYSQL_ROOT_PASSWORD}" -e "GRANT SELECT ON superset.slices"`,
    5,
  ],
  [
    'lms',
    (s) =>
      `./manage.py lms create_dot_application --client-secret ${s.SUPERSET_OAUTH2_CLIENT_SECRET}; RALPH=${s.RALPH_LMS_PASSWORD}`,
    30,
  ],
];

module.exports = { INIT };

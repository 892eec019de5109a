// Settings of Tutor with the plugin: its defaults by version, and what config.yml says instead. Facts of the
// releases, by the plugin's version.

const { readConfig } = require('./host.cjs');

const DBT = [
  ['1.0.0', 'v3.24.0'],
  ['1.0.1', 'v3.29.0'],
  ['1.1.0', 'v3.30.0'],
  ['1.2.0', 'v3.33.3'],
  ['1.3.0', 'v3.33.9'],
  ['2.0.0', 'v4.0.0'],
  ['2.1.0', 'v4.0.1'],
  ['2.3.0', 'v4.0.2'],
  ['2.3.1', 'v4.0.3'],
  ['2.4.0', 'v5.0.0'],
  ['2.5.0', 'v6.1.0'],
];
const HEADS = [
  ['1.0.0', '0035'],
  ['1.1.0', '0038'],
  ['1.2.0', '0039'],
  ['1.3.0', '0040'],
  ['2.0.0', '0041'],
];
const SERVERS = [
  ['1.0.0', '24.3'],
  ['1.2.0', '24.8'],
  ['2.3.0', '25.3'],
  ['2.5.0', '25.8'],
];

const rank = (version) => version.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0);
const since = (table, version) =>
  table.filter(([first]) => rank(first) <= rank(version)).at(-1)?.[1];
const dbtOf = (version) => since(DBT, version);
const headOf = (version) => since(HEADS, version);

const SECRETS = [
  'CLICKHOUSE_ADMIN_PASSWORD',
  'ASPECTS_CLICKHOUSE_LRS_PASSWORD',
  'ASPECTS_CLICKHOUSE_VECTOR_PASSWORD',
  'ASPECTS_CLICKHOUSE_REPORT_PASSWORD',
  'ASPECTS_CLICKHOUSE_CMS_PASSWORD',
  'RALPH_ADMIN_PASSWORD',
  'RALPH_LMS_PASSWORD',
  'SUPERSET_DB_PASSWORD',
  'SUPERSET_SECRET_KEY',
  'SUPERSET_OAUTH2_CLIENT_SECRET',
  'SUPERSET_ADMIN_PASSWORD',
  'SUPERSET_LMS_PASSWORD',
];

/** What the settings are in a root; undefined for a name nobody knows. */
function settingsOf(root, { plugin, tutor }) {
  const config = readConfig(root) ?? {};
  const enabled = [config.PLUGINS ?? []].flat().includes('aspects');
  const version = config.ASPECTS_VERSION ?? plugin;
  const aspects = enabled && {
    ASPECTS_VERSION: version,
    DBT_BRANCH: dbtOf(plugin),
    DBT_REPOSITORY: 'https://github.com/openedx/aspects-dbt',
    DOCKER_IMAGE_ASPECTS: `edunext/aspects:${version}`,
    DOCKER_IMAGE_SUPERSET: `edunext/aspects-superset:${version}`,
    DOCKER_IMAGE_CLICKHOUSE: `clickhouse/clickhouse-server:${since(SERVERS, plugin)}`,
    DOCKER_IMAGE_RALPH: 'fundocker/ralph:4.1.0',
    CLICKHOUSE_HOST: 'clickhouse',
    CLICKHOUSE_HOST_HTTP_PORT: '8123',
    CLICKHOUSE_SECURE_CONNECTION: 'False',
    CLICKHOUSE_CLUSTER_NAME: '',
    CLICKHOUSE_ADMIN_USER: 'ch_admin',
    CLICKHOUSE_K8S_VOLUME_SIZE: '10Gi',
    ASPECTS_XAPI_DATABASE: 'xapi',
    ASPECTS_EVENT_SINK_DATABASE: 'event_sink',
    ASPECTS_VECTOR_DATABASE: 'openedx',
    ASPECTS_RAW_XAPI_TABLE: 'xapi_events_all',
    DBT_PROFILE_TARGET_DATABASE: 'reporting',
    ASPECTS_DATA_TTL_EXPRESSION: 'toDateTime(emission_time) + INTERVAL 1 YEAR',
    EVENT_SINK_MODELS_ENABLED: 'course_overviews,tag,taxonomy,object_tag,course_enrollment',
    ASPECTS_ENABLE_PII: 'False',
    RUN_CLICKHOUSE: 'True',
    RUN_RALPH: 'True',
    RUN_SUPERSET: 'True',
    RUN_VECTOR: 'False',
    ASPECTS_ENABLE_EVENT_BUS_CONSUMER: 'False',
    ASPECTS_ENABLE_STUDIO_IN_CONTEXT_METRICS: 'False',
    SUPERSET_DB_NAME: 'superset',
    SUPERSET_DB_HOST: 'mysql',
    DBT_SSH_KEY: '',
    SUPERSET_DASHBOARD_LOCALES:
      rank(plugin) < rank('2.4.0') ? 'en,da,de_DE,es_419,fr_CA,pt_BR,zh_CN' : 'en',
  };
  return {
    TUTOR_VERSION: tutor,
    RUN_MYSQL: 'True',
    K8S_NAMESPACE: 'openedx',
    SMTP_PASSWORD: '',
    ...aspects,
    ...config,
  };
}

module.exports = { dbtOf, headOf, rank, SECRETS, settingsOf };

// What on the host stands in the way of an upgrade; every finding has its row.

import { warningsOf } from '../../../lambdas/discover-aspects/warnings';
import { factsOf, feeding, type HostFacts } from '../../../lambdas/shared/aspects/host/facts';
import { type Configured, hostFindings } from '../../../lambdas/shared/aspects/host/findings';
import { decidePath } from '../../../lambdas/shared/aspects/path';

const GIB = 2 ** 30;
const DATABASES = {
  xapi: 'xapi',
  eventSink: 'event_sink',
  reporting: 'reporting',
  openedx: 'openedx',
};
const SETTINGS = {
  DBT_BRANCH: 'v3.33.9',
  DBT_REPOSITORY: 'https://github.com/openedx/aspects-dbt',
  CLICKHOUSE_CLUSTER_NAME: '',
  ASPECTS_XAPI_DATABASE: 'xapi',
  ASPECTS_EVENT_SINK_DATABASE: 'event_sink',
  ASPECTS_VECTOR_DATABASE: 'openedx',
  DBT_PROFILE_TARGET_DATABASE: 'reporting',
  RUN_CLICKHOUSE: 'True',
};
const FACTS: HostFacts = {
  tutor: '19.0.5',
  python: '3.11.9',
  aspects: '1.3.0',
  enabled: true,
  settings: SETTINGS,
  pins: [],
  containers: { local: 12, dev: 0 },
  running: ['clickhouse', 'ralph', 'superset', 'lms'],
  jobs: [],
  docker: { server: '27.3.1', compose: '2.29.7', buildx: 'v0.17.1' },
  disk: { docker: 100 * GIB, root: 100 * GIB },
  patches: [],
};
const CONFIGURED: Configured = { mode: 'local', databases: DATABASES, cluster: null };
const set = (settings: Record<string, string>) => ({ settings: { ...SETTINGS, ...settings } });

const findings = (facts: Partial<HostFacts>, configured: Partial<Configured> = {}) =>
  hostFindings({ ...FACTS, ...facts }, { ...CONFIGURED, ...configured });

describe('the host', () => {
  it('has nothing in the way', () => {
    expect(findings({})).toEqual([]);
  });

  it.each<[string, Partial<HostFacts>, RegExp]>([
    ['no plugin', { aspects: '' }, /is not installed where tutor runs/],
    [
      'T6 a plugin that is not enabled',
      { enabled: false },
      /would do nothing and say that all is well/,
    ],
    [
      'T23 pins that survive',
      { pins: ['DBT_BRANCH', 'ASPECTS_VERSION'] },
      /pins DBT_BRANCH, ASPECTS_VERSION, /,
    ],
    ['T23 a pinned image', { pins: ['DOCKER_IMAGE_SUPERSET'] }, /pins DOCKER_IMAGE_SUPERSET, /],
    [
      'T16 a job that still runs',
      { jobs: ['tutor_local-aspects-job-run-1'] },
      /would exchange the same tables/,
    ],
    [
      'T11 containers of the other mode',
      { containers: { local: 12, dev: 1 } },
      /tutor dev run, and tutor local would stop them/,
    ],
    [
      'a platform that does not run',
      { containers: { local: 0, dev: 0 } },
      /no container of tutor local runs/,
    ],
    [
      'a docker that does not answer',
      { docker: { ...FACTS.docker, server: '' } },
      /docker does not answer/,
    ],
    ['no buildx', { docker: { ...FACTS.docker, buildx: '' } }, /buildx is missing/],
    ['compose 1', { docker: { ...FACTS.docker, compose: '1.29.2' } }, /allowed is 2\.0/],
    ['no compose', { docker: { ...FACTS.docker, compose: '' } }, /docker compose is missing/],
    [
      'too little room for images',
      { disk: { docker: 7 * GIB, root: 100 * GIB } },
      /the folder of docker has 7 GiB free/,
    ],
    [
      'too little room in the project',
      { disk: { docker: 100 * GIB, root: 2 * GIB } },
      /of the project has 2 GiB free/,
    ],
    [
      'a database of another name',
      set({ ASPECTS_XAPI_DATABASE: 'lrs' }),
      /ASPECTS_XAPI_DATABASE is lrs, this stack says xapi/,
    ],
    [
      'a cluster nobody configured',
      set({ CLICKHOUSE_CLUSTER_NAME: 'c1' }),
      /CLICKHOUSE_CLUSTER_NAME is c1, this stack says one server/,
    ],
    [
      'T18 a Ralph that is down, and comes up in the middle',
      { ...set({ RUN_RALPH: 'True' }), running: ['clickhouse', 'superset', 'lms'] },
      /RUN_RALPH is on and ralph does not run: .* nobody would hold it/,
    ],
    [
      'T18 a consumer that is down',
      set({ ASPECTS_ENABLE_EVENT_BUS_CONSUMER: 'True' }),
      /aspects-consumer does not run/,
    ],
    ['a ClickHouse of somebody else', set({ RUN_CLICKHOUSE: 'False' }), /RUN_CLICKHOUSE is off/],
    [
      'models of another version',
      set({ DBT_BRANCH: 'v4.0.0' }),
      /DBT_BRANCH is v4\.0\.0, and Aspects 1\.3\.0 brings v3\.33\.9/,
    ],
  ])('has a finding about %s', (_, facts, said) => {
    expect(findings(facts)).toEqual([expect.stringMatching(said)]);
  });

  it('T21 refuses Vector on Kubernetes, where it cannot be held', () => {
    const vector = { ...set({ RUN_VECTOR: 'True' }), running: ['ralph', 'vector'] };
    expect(findings(vector)).toEqual([]);
    expect(findings(vector, { mode: 'k8s' })).toEqual([
      expect.stringMatching(/RUN_VECTOR is on: Vector is a DaemonSet on Kubernetes/),
    ]);
  });

  it('holds what it sees', () => {
    expect(findings(set({ RUN_RALPH: 'True' }))).toEqual([]);
  });

  it('reports everything at once', () => {
    expect(
      findings({ enabled: false, jobs: ['a-job-run-1'], disk: { docker: 0, root: 0 } }),
    ).toHaveLength(4);
  });

  it('may pin the locales of dashboards, and need no containers on a cluster of Kubernetes', () => {
    expect(findings({ pins: ['SUPERSET_DASHBOARD_LOCALES'] })).toEqual([]);
    expect(
      findings(
        { containers: { local: 0, dev: 0 }, docker: { ...FACTS.docker, compose: '' } },
        { mode: 'k8s' },
      ),
    ).toEqual([]);
  });
});

describe('warnings', () => {
  const warnings = (facts: Partial<HostFacts>, to = '2.4.0', tutorMajor = 19) => {
    const all = { ...FACTS, ...facts };
    const chosen = { from: all.aspects, to, tutorMajor, python: all.python, cluster: '' };
    const path = decidePath({ ...chosen, inContextMetrics: false, mayHop: true });
    return warningsOf(all, all.aspects, path.hops!).join('\n');
  };

  it('T17 say that the server of 2.5 leads nowhere back', () => {
    expect(warnings({}, '2.5.0')).toMatch(/an older server cannot read its parts/);
    expect(warnings({}, '2.4.0')).not.toMatch(/cannot read its parts/);
  });

  it('T27 say that servers before 2.3.0 stay down after a restart', () => {
    expect(warnings({})).toMatch(/no restart policy before 2\.3\.0/);
    expect(warnings({ aspects: '2.3.0' })).not.toMatch(/restart policy/);
  });

  it.each<[string, Partial<HostFacts>, RegExp]>([
    [
      'an own repository of models',
      set({ DBT_REPOSITORY: 'https://git.example.org/dbt' }),
      /must pin aspects-dbt to v5\.0\.0/,
    ],
    ['dashboards in English only', {}, /set SUPERSET_DASHBOARD_LOCALES/],
    [
      'patches that may use old names',
      { patches: ['superset-extra-assets', 'openedx-lms'] },
      /fill superset-extra-assets: see/,
    ],
    ['little room for images', { disk: { docker: 12 * GIB, root: 100 * GIB } }, /recommends 25/],
    ['what 1.0 leaves behind', { aspects: '1.0.3' }, /completion_events_mv of 1\.0 stay behind/],
  ])('name %s', (_, facts, said) => {
    expect(warnings(facts)).toMatch(said);
  });
});

describe('the trailer of the inspection', () => {
  it('is read with its own words', () => {
    const { aspects, enabled, ...rest } = FACTS;
    const trailer = { ok: true, ...rest, plugin: aspects, plugins: ['mfe', 'aspects'] };
    expect(factsOf(trailer)).toMatchObject(FACTS);
    expect(factsOf({ ...trailer, plugins: ['mfe'] }).enabled).toBe(false);
  });

  it('names what feeds ClickHouse', () => {
    expect(feeding({ running: ['clickhouse', 'ralph', 'vector', 'lms'] })).toEqual([
      'ralph',
      'vector',
    ]);
  });

  it('leaves own models their branch', () => {
    const own = set({ DBT_REPOSITORY: 'https://git.example.org/dbt', DBT_BRANCH: 'main' });
    expect(findings({ ...own, pins: ['DBT_BRANCH', 'DBT_REPOSITORY'] })).toEqual([]);
  });
});

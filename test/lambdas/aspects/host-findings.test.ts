// What on the host stands in the way of an upgrade; every finding has its row.

import {
  type Configured,
  type HostFacts,
  hostFindings,
  rootFindings,
} from '../../../lambdas/shared/aspects/host/findings';
import { warningsOf } from '../../../lambdas/discover-aspects/warnings';
import { decidePath } from '../../../lambdas/shared/aspects/path';

const DATABASES = {
  xapi: 'xapi',
  eventSink: 'event_sink',
  reporting: 'reporting',
  openedx: 'openedx',
};
const FACTS: HostFacts = {
  root: '/home/tutor/root',
  config: true,
  tutor: '19.0.5',
  python: '3.11',
  aspects: '1.3.0',
  enabled: true,
  dbt: 'v3.33.9',
  dbtRepository: 'https://github.com/openedx/aspects-dbt',
  cluster: '',
  databases: DATABASES,
  inContextMetrics: false,
  pins: [],
  locales: null,
  running: ['local'],
  jobs: [],
  docker: '27.3.1',
  compose: '2.29.7',
  buildx: '0.17.1',
  rootFreeGiB: 100,
  dockerFreeGiB: 100,
  memoryGiB: 16,
  patches: [],
};
const CONFIGURED: Configured = {
  tutorRoot: FACTS.root,
  mode: 'local',
  databases: DATABASES,
  cluster: null,
};

const findings = (facts: Partial<HostFacts>, configured: Partial<Configured> = {}) =>
  hostFindings({ ...FACTS, ...facts }, { ...CONFIGURED, ...configured });

describe('the host', () => {
  it('has nothing in the way', () => {
    expect(rootFindings(FACTS, CONFIGURED)).toEqual([]);
    expect(findings({})).toEqual([]);
  });

  it.each<[string, Partial<HostFacts>, RegExp]>([
    ['T2 another root', { root: '/root/.local/share/tutor' }, /another project would be changed/],
    [
      'T2 a root without a project',
      { config: false },
      /would begin a new project there, under new passwords/,
    ],
    ['no plugin', { aspects: null }, /is not installed where tutor runs/],
  ])('is refused at once with %s', (_, facts, said) => {
    expect(rootFindings({ ...FACTS, ...facts }, CONFIGURED)).toEqual([expect.stringMatching(said)]);
  });

  it.each<[string, Partial<HostFacts>, RegExp]>([
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
    [
      'T16 a job that still runs',
      { jobs: ['tutor_local-aspects-job-run-1'] },
      /would exchange the same tables/,
    ],
    [
      'T11 containers of the other mode',
      { running: ['local', 'dev'] },
      /tutor dev run, and tutor local would stop them/,
    ],
    ['a platform that does not run', { running: [] }, /no container of tutor local runs/],
    ['a docker that does not answer', { docker: null }, /docker does not answer/],
    ['no buildx', { buildx: null }, /buildx is missing/],
    ['compose 1', { compose: '1.29.2' }, /allowed is 2\.0/],
    ['no compose', { compose: null }, /docker compose is missing/],
    ['too little room for images', { dockerFreeGiB: 7 }, /the folder of docker has 7 GiB free/],
    ['too little room in the project', { rootFreeGiB: 2 }, /root has 2 GiB free/],
    [
      'a database of another name',
      { databases: { ...DATABASES, xapi: 'lrs' } },
      /call the database xapi lrs/,
    ],
    [
      'a cluster nobody configured',
      { cluster: 'c1' },
      /CLICKHOUSE_CLUSTER_NAME is c1, this stack says one server/,
    ],
    [
      'models of another version',
      { dbt: 'v4.0.0' },
      /DBT_BRANCH is v4\.0\.0, and Aspects 1\.3\.0 brings v3\.33\.9/,
    ],
  ])('has a finding about %s', (_, facts, said) => {
    expect(findings(facts)).toEqual([expect.stringMatching(said)]);
  });

  it('reports everything at once', () => {
    expect(
      findings({ enabled: false, docker: null, jobs: ['a-job-run-1'], rootFreeGiB: 1 }),
    ).toHaveLength(4);
  });

  it('may pin the locales of dashboards, and need no containers on a cluster of Kubernetes', () => {
    expect(findings({ pins: ['SUPERSET_DASHBOARD_LOCALES'] })).toEqual([]);
    expect(findings({ running: [], compose: null }, { mode: 'k8s' })).toEqual([]);
  });
});

describe('warnings', () => {
  const warnings = (facts: Partial<HostFacts>, to = '2.4.0', tutorMajor = 19) => {
    const all = { ...FACTS, ...facts };
    const path = decidePath({ ...all, from: all.aspects!, to, tutorMajor, mayHop: true });
    return warningsOf(all, all.aspects!, path.hops!).join('\n');
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
      { dbtRepository: 'https://git.example.org/dbt' },
      /must pin aspects-dbt to v5\.0\.0/,
    ],
    ['dashboards in English only', {}, /set SUPERSET_DASHBOARD_LOCALES/],
    [
      'patches that may use old names',
      { patches: ['superset-extra-assets', 'openedx-lms'] },
      /fill superset-extra-assets: see/,
    ],
    ['little room for images', { dockerFreeGiB: 12 }, /recommends 25/],
    ['what 1.0 leaves behind', { aspects: '1.0.3' }, /completion_events_mv of 1\.0 stay behind/],
  ])('name %s', (_, facts, said) => {
    expect(warnings(facts)).toMatch(said);
  });
});

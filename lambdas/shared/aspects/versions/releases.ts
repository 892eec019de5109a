// What each release of tutor-contrib-aspects installs. A release that is not in this table is not installed by
// this runbook: what it changes in ClickHouse is not known here.

import { type AspectsVersion, compareVersions } from './parse';

/** One release of the plugin. */
export interface Release {
  readonly version: AspectsVersion;
  /** Tag of aspects-dbt: the setting `DBT_BRANCH`. */
  readonly dbt: string;
  /** Minor of the image of ClickHouse. */
  readonly clickhouse: string;
  /** Revision that `alembic upgrade head` ends at. */
  readonly alembic: string;
  /** Pin of platform-plugin-aspects in the openedx image; null: not read. */
  readonly platformPlugin: string | null;
  /** Oldest Tutor that its package wants; pip enforces no newest one. */
  readonly tutorAtLeast: number;
  /** Oldest tutor-mfe that its package wants; null: it wants none. */
  readonly mfeAtLeast: number | null;
  readonly pythonAtLeast: string;
}

type Row = readonly [
  versions: string,
  dbt: string,
  clickhouse: string,
  alembic: string,
  platformPlugin: string | null,
];

const ROWS: readonly Row[] = [
  ['1.0.0', 'v3.24.0', '24.3', '0035', null],
  ['1.0.1 1.0.2 1.0.3', 'v3.29.0', '24.3', '0035', null],
  ['1.1.0', 'v3.30.0', '24.3', '0038', null],
  ['1.2.0', 'v3.33.3', '24.8', '0039', null],
  ['1.3.0', 'v3.33.9', '24.8', '0040', 'v0.11.7'],
  ['2.0.0', 'v4.0.0', '24.8', '0041', 'v1.0.0'],
  ['2.1.0', 'v4.0.1', '24.8', '0041', 'v1.0.2'],
  ['2.2.0 2.2.1', 'v4.0.1', '24.8', '0041', 'v1.1.0'],
  ['2.3.0', 'v4.0.2', '25.3', '0041', 'v1.1.0'],
  ['2.3.1', 'v4.0.3', '25.3', '0041', 'v1.1.0'],
  ['2.4.0', 'v5.0.0', '25.3', '0041', 'v1.1.1'],
  ['2.5.0 2.5.1', 'v6.1.0', '25.8', '0041', 'v1.1.1'],
  ['3.0.0 3.0.1 3.0.2 3.0.3', 'v6.1.0', '25.8', '0041', 'v1.1.2'],
];

/** All releases this runbook knows, oldest first. */
export const RELEASES: readonly Release[] = ROWS.flatMap(
  ([versions, dbt, clickhouse, alembic, platformPlugin]) =>
    versions.split(' ').map((version) => ({
      version,
      dbt,
      clickhouse,
      alembic,
      platformPlugin,
      ...wantsOf(version),
    })),
).sort((a, b) => compareVersions(a.version, b.version));

function wantsOf(
  version: AspectsVersion,
): Pick<Release, 'tutorAtLeast' | 'mfeAtLeast' | 'pythonAtLeast'> {
  if (version.startsWith('1.')) return { tutorAtLeast: 15, mfeAtLeast: null, pythonAtLeast: '3.7' };
  const mfeAtLeast = /^2\.[23]\./.test(version) ? 19 : /^2\.[45]\./.test(version) ? 18 : null;
  return { tutorAtLeast: 18, mfeAtLeast, pythonAtLeast: '3.11' };
}

/** Tags of the repository whose name is not the version inside: `pip show` prints the other one. */
const MISLABELLED: Readonly<Record<string, AspectsVersion>> = {
  '1.3.1': '1.3.0',
  '1.3.2': '1.3.0',
  '1.4.0': '2.0.0',
  '2.5.2': '2.5.1',
  '2.6.0': '3.0.0',
};

/** The version that a tag carries inside, when it is not that of its name. */
export const carriedBy = (version: string): AspectsVersion | undefined => MISLABELLED[version];

/** A release by its exact version. */
export const releaseOf = (version: AspectsVersion): Release | undefined =>
  RELEASES.find((release) => release.version === version);

/** Releases after `from` up to `to`, oldest first: what changed on the way. */
export const releasesBetween = (from: AspectsVersion, to: AspectsVersion): readonly Release[] =>
  RELEASES.filter(
    ({ version }) => compareVersions(version, from) > 0 && compareVersions(version, to) <= 0,
  );

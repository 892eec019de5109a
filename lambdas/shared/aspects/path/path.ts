// From which version to which: straight, through 2.4.0, or not at all.

import {
  type AspectsVersion,
  carriedBy,
  compareVersions,
  isAtLeast,
  numbersOf,
  RELEASES,
  type Release,
  releaseOf,
  tutorProblem,
} from '../versions';
import { type ImageFacts, imagesOf } from './images';
import { refreshedAfter } from './refresh';

/** What the decision is made of. */
export interface PathFacts extends ImageFacts {
  /** Installed, as `pip show` prints it. */
  readonly from: AspectsVersion;
  /** Wanted, as the input names it. */
  readonly to: AspectsVersion;
  /** First number of `tutor --version`. */
  readonly tutorMajor: number;
  /** `X.Y` of the interpreter that runs tutor. */
  readonly python: string;
  /** `CLICKHOUSE_CLUSTER_NAME`; empty: one server. */
  readonly cluster: string;
  /** Whether the input allows a stop at 2.4.0 on the way. */
  readonly mayHop: boolean;
}

/** One installation on the way. */
export interface Hop {
  readonly version: AspectsVersion;
  /** Installed before it. */
  readonly from: AspectsVersion;
  readonly dbt: string;
  readonly alembic: string;
  /** For `tutor images build`. */
  readonly images: readonly string[];
  /** Models refreshed in full afterwards, one by one. */
  readonly refresh: readonly string[];
}

/** The way, or why there is none. */
export type Path =
  | { readonly hops: readonly Hop[]; readonly problems?: undefined }
  | { readonly hops?: undefined; readonly problems: readonly string[] };

/** Where 1.x stops on its way to 2.5 and newer: the last release that forces the event tables to be rebuilt. */
export const HOP: AspectsVersion = '2.4.0';

/** Releases whose macro for clusters renders SQL that no server reads. */
const BROKEN_ON_CLUSTERS = { from: '2.0.0', to: '2.2.1' };

const newest = RELEASES.at(-1)!.version;

/** Decides, and reports every reason against it at once. */
export function decidePath(facts: PathFacts): Path {
  const { from, to, tutorMajor, cluster, mayHop } = facts;
  const target = releaseOf(to);
  if (!target) return { problems: [targetProblem(to)!] };
  const installed = releaseOf(from);
  if (!installed) {
    return { problems: [`Aspects ${from} is installed, and not known here: ${KNOWN}`] };
  }
  const order = compareVersions(from, to);
  if (order === 0) return { problems: [`Aspects ${to} is installed already`] };
  if (order > 0) {
    return {
      problems: [
        `Aspects ${from} is installed, and ${to} is older: the machine aspects-rollback goes back`,
      ],
    };
  }
  const problems: string[] = [];
  const throughHop = from.startsWith('1.') && isAtLeast(to, '2.5.0');
  if (throughHop && !mayHop) {
    problems.push(
      `Aspects ${from} does not go to ${to} at once, because only ${HOP} rebuilds the event tables it has: ` +
        `allow the stop there (throughHop), or upgrade to ${HOP} first`,
    );
  }
  const stops = [...(throughHop ? [releaseOf(HOP)!] : []), target];
  for (const stop of stops) {
    const problem = tutorProblem(stop, tutorMajor);
    if (problem) problems.push(problem);
    if (!pythonSuffices(facts.python, stop.pythonAtLeast)) {
      problems.push(
        `Aspects ${stop.version} needs Python ${stop.pythonAtLeast}, and tutor runs on ${facts.python}: pip would install nothing and say nothing`,
      );
    }
    if (cluster !== '' && isBrokenOnClusters(stop.version)) {
      problems.push(
        `Aspects ${stop.version} cannot build its tables on a cluster (${cluster}): its ON CLUSTER clause is invalid up to 2.2.1; choose 2.3.0 or newer`,
      );
    }
  }
  return problems.length > 0 ? { problems } : { hops: hopsOf(installed, stops, facts) };
}

const KNOWN = `this runbook knows ${RELEASES[0]!.version} to ${newest}`;

/**
 * Why a version cannot be named as a target, whatever is installed.
 *
 * @returns a sentence for the operator, or undefined when it can
 */
export function targetProblem(to: string): string | undefined {
  if (!numbersOf(to)) {
    return `${JSON.stringify(to).slice(0, 60)} is not an exact version such as 2.4.0: a version that moves may install an Aspects for another Open edX, or nothing`;
  }
  const carried = carriedBy(to);
  if (carried) return `the tag v${to} carries ${carried} inside: name ${carried}`;
  return releaseOf(to) ? undefined : `version ${to} of Aspects is not known here: ${KNOWN}`;
}

function hopsOf(installed: Release, stops: readonly Release[], facts: PathFacts): Hop[] {
  return stops.map((stop, i) => {
    const before = stops[i - 1] ?? installed;
    return {
      version: stop.version,
      from: before.version,
      dbt: stop.dbt,
      alembic: stop.alembic,
      images: imagesOf(before, stop, facts),
      refresh: refreshedAfter(before.version, stop.version),
    };
  });
}

function isBrokenOnClusters(version: AspectsVersion): boolean {
  return (
    isAtLeast(version, BROKEN_ON_CLUSTERS.from) &&
    compareVersions(version, BROKEN_ON_CLUSTERS.to) <= 0
  );
}

function pythonSuffices(python: string, atLeast: string): boolean {
  const [major = 0, minor = 0] = python.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = atLeast.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

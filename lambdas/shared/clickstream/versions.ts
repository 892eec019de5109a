// Versions of Clickstream Analytics on AWS, and which of them may follow which.

/** A version of the solution: `v1.1.5`, or with its build `v1.1.5-202403071513`. */
export interface SolutionVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Empty when the version has no build id, or when it is not known. */
  readonly build: string;
}

const VERSION = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-([A-Za-z0-9._-]+))?$/;

/** The parts of a version, or undefined when the text is none (`latest` is none). */
export function parseVersion(text: string): SolutionVersion | undefined {
  const match = VERSION.exec(text);
  if (!match) return undefined;
  const [major, minor, patch] = match.slice(1, 4).map(Number) as [number, number, number];
  return { major, minor, patch, build: match[4] ?? '' };
}

/** `v1.1.15`. */
export const shortVersion = (v: SolutionVersion): string => `v${v.major}.${v.minor}.${v.patch}`;

/** `v1.1.15-202506010101`; without a build id the same as the short one. */
export const fullVersion = (v: SolutionVersion): string =>
  v.build === '' ? shortVersion(v) : `${shortVersion(v)}-${v.build}`;

/** Order of the numbers alone. */
export const compareShort = (a: SolutionVersion, b: SolutionVersion): number =>
  Math.sign(a.major - b.major || a.minor - b.minor || a.patch - b.patch);

/** Order of full versions: the build id breaks ties, in text order. */
export const compareVersions = (a: SolutionVersion, b: SolutionVersion): number =>
  compareShort(a, b) || (a.build < b.build ? -1 : a.build > b.build ? 1 : 0);

/** Where every upgrade of 1.0 ends first, and the oldest version this runbook installs. */
const CROSSING: SolutionVersion = { major: 1, minor: 1, patch: 5, build: '' };

/** Versions that must not be installed, with the reason. */
const WITHDRAWN: Readonly<Record<string, string>> = {
  'v1.1.12': 'its Redshift data modeling stack fails to deploy, v1.1.13 repairs that',
};

/**
 * Why `target` cannot be installed, whatever is deployed.
 *
 * @returns a sentence for the operator, or undefined when it can
 */
export function targetProblem(target: string): string | undefined {
  if (target === 'latest') return 'version latest moves: name the version to install, e.g. v1.1.15';
  const version = parseVersion(target);
  if (!version) return `${JSON.stringify(target)} is not a version such as v1.1.15`;
  const withdrawn = WITHDRAWN[shortVersion(version)];
  if (withdrawn) return `${shortVersion(version)} is not installed: ${withdrawn}`;
  if (compareShort(version, CROSSING) < 0) {
    return `${shortVersion(version)} is not installed: this runbook goes to v1.1.5 or newer`;
  }
  return undefined;
}

/**
 * Why `to` cannot follow `from`.
 *
 * @returns a sentence for the operator, or undefined when it can
 */
export function pathProblem(from: SolutionVersion, to: SolutionVersion): string | undefined {
  const problem = targetProblem(fullVersion(to));
  if (problem) return problem;
  const old = from.major === 0 || (from.major === 1 && from.minor === 0);
  if (old && compareShort(to, CROSSING) !== 0) {
    return (
      `version ${shortVersion(from)} goes through v1.1.5: run with target version v1.1.5 for console and pipeline, ` +
      `migrate that data, and come back for ${shortVersion(to)}`
    );
  }
  // A build that is not known decides nothing: the same number may then be installed again.
  const back =
    from.build === '' || to.build === '' ? compareShort(to, from) : compareVersions(to, from);
  if (back < 0) {
    return `${fullVersion(to)} is older than the deployed ${fullVersion(from)}: the solution has no way back`;
  }
  return undefined;
}

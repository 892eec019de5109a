// Releases of Open edX, which Tutor's major numbers, and what two sources say about Aspects on each.

import type { AspectsVersion } from './parse';
import type { Release } from './releases';

/** Tutor's majors by the release of Open edX they install. */
export const OPEN_EDX: Readonly<Record<number, string>> = {
  14: 'Nutmeg',
  15: 'Olive',
  16: 'Palm',
  17: 'Quince',
  18: 'Redwood',
  19: 'Sumac',
  20: 'Teak',
  21: 'Ulmo',
  22: 'Verawood',
};

/** Majors of Tutor, both included. */
export interface TutorRange {
  readonly from: number;
  readonly to: number;
}

/** What a source says a line of Aspects may run on. */
export interface Opinions {
  /** The upgrade guide that this runbook automates. */
  readonly guide: TutorRange | null;
  /** The documentation of 2026, which is stricter. */
  readonly newer: TutorRange;
}

const NEWEST = 22;

/** By the plugin's major. */
export const OPINIONS: Readonly<Record<number, Opinions>> = {
  1: { guide: { from: 14, to: 18 }, newer: { from: 14, to: 17 } },
  2: { guide: { from: 18, to: NEWEST }, newer: { from: 18, to: 20 } },
  3: { guide: null, newer: { from: 21, to: 21 } },
};

const within = (range: TutorRange, major: number) => major >= range.from && major <= range.to;

/** `Tutor 19 (Sumac)`. */
export const tutorName = (major: number): string =>
  OPEN_EDX[major] ? `Tutor ${major} (${OPEN_EDX[major]})` : `Tutor ${major}`;

/**
 * Why a release is not for this Tutor. Where the two opinions differ, the narrower one decides, except for
 * 1.x, which the guide allows up to Redwood: that is where an upgrade to 2.x begins.
 *
 * @returns a sentence for the operator, or undefined when it fits
 */
export function tutorProblem(release: Release, tutorMajor: number): string | undefined {
  const { version, tutorAtLeast, mfeAtLeast } = release;
  const opinions = OPINIONS[Number(version.split('.')[0])]!;
  const range = version.startsWith('1.') ? opinions.guide! : opinions.newer;
  const oldest = Math.max(range.from, tutorAtLeast, mfeAtLeast ?? 0);
  if (within({ from: oldest, to: range.to }, tutorMajor)) return undefined;
  const allowed =
    oldest === range.to ? tutorName(oldest) : `${tutorName(oldest)} to ${tutorName(range.to)}`;
  return `Aspects ${version} is for ${allowed}, and ${tutorName(tutorMajor)} is installed: upgrade Open edX by itself first, or choose another version`;
}

/** What the two sources say where they differ: a note for the operator. */
export function differingOpinions(version: AspectsVersion, tutorMajor: number): string | undefined {
  const { guide, newer } = OPINIONS[Number(version.split('.')[0])]!;
  if (!guide || within(guide, tutorMajor) === within(newer, tutorMajor)) return undefined;
  const says = (range: TutorRange) => (within(range, tutorMajor) ? 'allows' : 'does not allow');
  return `the upgrade guide ${says(guide)} Aspects ${version} on ${tutorName(tutorMajor)}, the documentation of 2026 ${says(newer)} it`;
}

// The text of the gate that has the release notes of a whole path: every release between, not the last alone.

import { type AspectsVersion, releasesBetween } from '../versions';
import { RELEASE_NOTES, type ReleaseNote } from './releases';

/** Notes of the releases after `from` up to `to`, oldest first. */
export function notesBetween(from: AspectsVersion, to: AspectsVersion): readonly ReleaseNote[] {
  const versions = releasesBetween(from, to).map(({ version }) => version);
  return RELEASE_NOTES.filter(({ version }) => versions.includes(version));
}

/** `2.0.0 (breaking): … ; …`, one line a release. */
export const lineOf = ({ version, breaking, notes }: ReleaseNote): string =>
  `${version}${breaking ? ' (breaking)' : ''}: ${notes.join('; ')}`;

/** Several lines for the gate; also what is hashed, so that other notes need another approval. */
export const notesText = (from: AspectsVersion, to: AspectsVersion): string =>
  notesBetween(from, to).map(lineOf).join('\n');

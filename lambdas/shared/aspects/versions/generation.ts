// Which data model a database has, told from what dbt has stored there: the head of Alembic is the same from
// 2.0 to 3.0 and tells nothing.

import type { AspectsVersion } from './parse';
import { RELEASES } from './releases';

/** Generations of the data model: none is stored by 1.0.x, or where dbt never ran. */
export type Generation = 'none' | '1.x' | '2.0' | '2.4' | '2.5';

/** Models that only a generation has, newest first. */
const MARKS: readonly (readonly [Generation, string])[] = [
  ['2.5', 'model.aspects.dim_problem_coursewide_avg'],
  ['2.4', 'model.aspects.fact_video_segments'],
  ['2.0', 'model.aspects.dim_most_recent_enrollment'],
  ['1.x', 'model.aspects.fact_enrollment_status'],
];

/** The generation of a stored manifest, by the ids of its nodes. */
export function generationOf(nodes: readonly string[]): Generation | undefined {
  if (nodes.length === 0) return 'none';
  return MARKS.find(([, id]) => nodes.includes(id))?.[0];
}

/** The generation that a release of the plugin makes. */
export function generationFor(version: AspectsVersion): Generation {
  if (version.startsWith('1.0.')) return 'none';
  if (version.startsWith('1.')) return '1.x';
  if (/^2\.[0-3]\./.test(version)) return '2.0';
  return version.startsWith('2.4.') ? '2.4' : '2.5';
}

/** Whether a database with this revision of Alembic and this generation is that of a release. */
export function fits(version: AspectsVersion, alembic: string, generation: Generation): boolean {
  const release = RELEASES.find((one) => one.version === version);
  return release?.alembic === alembic && generationFor(version) === generation;
}

// Whether plugin and data model belong together. The head of Alembic alone is the same from 2.0 to 3.0.

import { type Generation, generationOfDbt } from '../relations/generation';
import type { AspectsVersion } from './parse';
import { releaseOf } from './releases';

/** The generation of the manifest that a release stores; null: 1.0.x stores none. */
export function generationFor(version: AspectsVersion): Generation | null {
  return version.startsWith('1.0.') ? null : generationOfDbt(releaseOf(version)!.dbt);
}

/** Whether a database with this revision of Alembic and this generation is that of a release. */
export const fits = (
  version: AspectsVersion,
  alembic: string | null,
  generation: Generation | null,
): boolean => releaseOf(version)?.alembic === alembic && generationFor(version) === generation;

// Which generation of models a stored manifest is: Alembic's revision alone cannot tell 2.0 from 3.0.

import { type DbtVersion, isAtLeast } from './types';

/** `1.x` also stands for 1.0.x, which keeps no manifest. */
export type Generation = '1.x' | '2.0' | '2.4' | '2.5';

/** Model ids by which a manifest is told, latest first. */
const MARKERS: readonly (readonly [string, Generation])[] = [
  ['model.aspects.dim_problem_coursewide_avg', '2.5'],
  ['model.aspects.fact_video_segments', '2.4'],
  ['model.aspects.dim_most_recent_enrollment', '2.0'],
  ['model.aspects.fact_enrollment_status', '1.x'],
];

/** Generation of a manifest by its model ids; null: it has none of the markers. */
export function generationOf(ids: readonly string[]): Generation | null {
  return MARKERS.find(([id]) => ids.includes(id))?.[1] ?? null;
}

/** Generation that models of a version belong to. */
export function generationOfDbt(dbt: DbtVersion): Generation {
  if (isAtLeast(dbt, 'v6.0.0')) return '2.5';
  if (isAtLeast(dbt, 'v5.0.0')) return '2.4';
  return isAtLeast(dbt, 'v4.0.0') ? '2.0' : '1.x';
}

/** Revisions of Alembic that a release has as its head. */
export const ALEMBIC_HEADS = ['0035', '0038', '0039', '0040', '0041'] as const;

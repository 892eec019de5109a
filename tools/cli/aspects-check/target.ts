// Which names a text must not use with the models of a version: what each becomes, or that there is no replacement.

import {
  type DbtVersion,
  goneAgain,
  isKnownModel,
  LEFTOVERS,
  RENAME_TABLE,
  type Relation,
  type RenameRow,
  roleName,
} from '../../../lambdas/shared/aspects/relations';
import { UsageError } from '../errors';

/** What becomes of a name. */
export interface Fate {
  /** Null: there is no replacement; a person decides. */
  readonly to: Relation | null;
  /** What to look at instead. */
  readonly nearest: readonly string[];
  /** What differs in columns. */
  readonly columns?: string;
}

/** Fates by role and name: `xapi.responses`. */
export type Fates = ReadonlyMap<string, Fate>;

/** What to look at instead of names that are not in the rename table. */
const NEAREST: Readonly<Record<string, readonly string[]>> = {
  'reporting.fact_video_plays': [
    'reporting.fact_video_engagement',
    'reporting.fact_video_segments',
  ],
};

/** Models of each release: https://github.com/openedx/tutor-contrib-aspects/releases */
const MODELS: readonly (readonly [RegExp, DbtVersion])[] = [
  [/^2\.0\.\d+$/, 'v4.0.0'],
  [/^2\.[12]\.\d+$/, 'v4.0.1'],
  [/^2\.3\.0$/, 'v4.0.2'],
  [/^2\.3\.\d+$/, 'v4.0.3'],
  [/^2\.4\.\d+$/, 'v5.0.0'],
  [/^(2\.5|3\.0)\.\d+$/, 'v6.1.0'],
];

/**
 * Models of a release of the plugin, `2.4.0`, or of themselves, `v5.0.0`.
 *
 * @throws UsageError for a release before 2.0 or one that is not known
 */
export function modelsOf(target: string): DbtVersion {
  if (/^v[4-8]\.\d+\.\d+$/.test(target)) return target;
  const found = MODELS.find(([pattern]) => pattern.test(target));
  if (found) return found[1];
  throw new UsageError(
    `--target ${target}: allowed is a release of tutor-contrib-aspects from 2.0.0 to 3.0.x, or a version of its models from v4.0.0 on`,
  );
}

/** Fates of names with these models. */
export function fatesOf(dbt: DbtVersion): Fates {
  const fates = new Map<string, Fate>();
  const rows = new Map(RENAME_TABLE.flatMap((row) => (row.new ? [[roleName(row.new), row]] : [])));
  for (const relation of [...LEFTOVERS, ...goneAgain(dbt)]) {
    if (isKnownModel(dbt, relation)) continue;
    const name = roleName(relation);
    const nearest = NEAREST[name] ?? rows.get(name)?.nearest ?? [];
    fates.set(roleName(relation), { to: null, nearest });
  }
  for (const row of RENAME_TABLE) {
    fates.set(roleName(row.old), fateOf(row, dbt));
    if (row.named) fates.set(roleName(row.named), { to: null, nearest: row.nearest ?? [] });
  }
  return fates;
}

function fateOf(row: RenameRow, dbt: DbtVersion): Fate {
  const { nearest = [], columns } = row;
  if (!row.new || !isKnownModel(dbt, row.new)) return { to: null, nearest };
  return { to: row.new, nearest, ...(columns !== undefined && { columns }) };
}

// Which names of the lists are models of a version: they live, whatever a drop list says.

import { RENAME_TABLE } from './rename-table';
import {
  type DbtVersion,
  isAtLeast,
  type Relation,
  type RelationName,
  relationOf,
  roleName,
} from './types';

/** The new side of the rename table in this version. */
export function renamedTo(dbt: DbtVersion): readonly Relation[] {
  if (!isAtLeast(dbt, 'v4.0.0')) return [];
  return RENAME_TABLE.filter(({ goneFrom }) => !goneFrom || !isAtLeast(dbt, goneFrom)).flatMap(
    (row) => row.new ?? [],
  );
}

/** Names of drop lists that became models again, with the version in which they did. */
const BACK_AGAIN: readonly { readonly from: DbtVersion; readonly relation: Relation }[] = [
  // Two datasets of the shipped dashboards query it, and the macro drops it.
  { from: 'v6.0.0', relation: relationOf('view:reporting.fact_problem_engagement') },
];

/** Whether a name is known to be a model of this version. */
export function isKnownModel(dbt: DbtVersion, name: RelationName): boolean {
  const back = BACK_AGAIN.filter(({ from }) => isAtLeast(dbt, from)).map(
    ({ relation }) => relation,
  );
  return [...renamedTo(dbt), ...back].some((one) => roleName(one) === roleName(name));
}

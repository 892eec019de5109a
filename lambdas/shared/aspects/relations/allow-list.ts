// What a removal may drop: our own list for the target's models. Never a raw relation, never a live one;
// what the stored manifest calls a model stays, even where the lists do not know it.

import { goneAgain, LEFTOVERS, RAW_IN_MACRO, RENAMED } from './drop-lists';
import { isKnownModel } from './live';
import { LASTING, RAW } from './raw';
import { type DbtVersion, isAtLeast, type Relation, type RelationName, roleName } from './types';

/** Whether a name is raw, or a model of every version. */
export const isProtected = ({ database, name }: RelationName): boolean =>
  RAW[database].includes(name) || LASTING[database].includes(name);

/** Relations that may be dropped once the models of this version are there and verified. */
export function allowList(dbt: DbtVersion): readonly Relation[] {
  if (!isAtLeast(dbt, 'v4.0.0')) return [];
  return [...RENAMED, ...LEFTOVERS, ...goneAgain(dbt)].filter(
    (one) => !isProtected(one) && !isKnownModel(dbt, one),
  );
}

/** Why a relation of the macro's list stays. */
export interface Kept extends RelationName {
  readonly why: 'raw' | 'live';
}

/**
 * What upstream's macro would drop and we keep.
 *
 * @param models `reporting.name` of the stored manifest's models, by roles
 */
export function keptOf(dbt: DbtVersion, models: ReadonlySet<string>): readonly Kept[] {
  const all = [...RENAMED, ...LEFTOVERS, ...RAW_IN_MACRO, ...goneAgain(dbt)];
  return all.flatMap(({ database, name }): Kept[] => {
    if (RAW[database].includes(name)) return [{ database, name, why: 'raw' }];
    const live = isKnownModel(dbt, { database, name }) || models.has(roleName({ database, name }));
    return live ? [{ database, name, why: 'live' }] : [];
  });
}

/**
 * What may be dropped with these models in the manifest: the list without what lives.
 *
 * @param models `reporting.name` of the stored manifest's models, by roles
 */
export function droppable(dbt: DbtVersion, models: ReadonlySet<string>): readonly Relation[] {
  return allowList(dbt).filter((one) => !models.has(roleName(one)));
}

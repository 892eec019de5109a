// What a removal would drop right now, object by object, and why it must not: engines that are not what the list says,
// readers outside of the list, tables too large.

import { type DbtVersion, droppable, isProtected, type Relation, roleName } from '../relations';
import { type Catalogue, type Found, type FoundKind, foundKind, targetOf } from './catalogue';

/** One object to drop; what it is must still be so when it is dropped. */
export interface DeprecatedObject {
  /** `reporting.name`, by role. */
  readonly relation: string;
  readonly database: string;
  readonly name: string;
  readonly kind: FoundKind;
  readonly uuid: string;
}

/** Objects in the order of their drops, and what stands against it. */
export interface Deprecated {
  readonly objects: readonly DeprecatedObject[];
  readonly findings: readonly string[];
}

/** Materialized views first, so that no insert meets one whose table is gone; tables last. */
const ORDER: readonly FoundKind[] = ['materialized view', 'view', 'dictionary', 'table'];

const KINDS: Readonly<Record<Relation['kind'], FoundKind>> = {
  view: 'view',
  dictionary: 'dictionary',
  mv: 'table',
};

/**
 * @param models names of the stored manifest's models, by roles
 */
export function deprecatedIn(
  dbt: DbtVersion,
  catalogue: Catalogue,
  models: ReadonlySet<string>,
): Deprecated {
  const objects: DeprecatedObject[] = [];
  const findings: string[] = [];
  for (const relation of droppable(dbt, models)) {
    const name = roleName(relation);
    const found = catalogue.get(name);
    const feeds = relation.kind === 'mv' ? catalogue.get(`${name}_mv`) : undefined;
    if (found && foundKind(found) !== KINDS[relation.kind]) {
      findings.push(
        `${name} is a ${foundKind(found)} of engine ${found.engine}; the list has a ${KINDS[relation.kind]} of this name: it is somebody's own, rename it or drop it by hand`,
      );
    } else if (found) objects.push(objectOf(name, found));
    if (feeds && !writesTo(feeds, relation, found)) {
      findings.push(`${name}_mv is no materialized view that writes to ${name}: look whose it is`);
    } else if (feeds) objects.push(objectOf(`${name}_mv`, feeds));
  }
  const sorted = objects.sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.relation < b.relation ? -1 : 1),
  );
  return { objects: sorted, findings };
}

function writesTo(feeds: Found, { name }: Relation, found: Found | undefined): boolean {
  if (foundKind(feeds) !== 'materialized view') return false;
  const target = targetOf(feeds);
  return target?.name === name && (!found || target.database === found.database);
}

const objectOf = (relation: string, found: Found): DeprecatedObject => ({
  relation,
  database: found.database,
  name: found.name,
  kind: foundKind(found),
  uuid: found.uuid,
});

/**
 * Why an approved object must not be dropped after all; undefined: it may.
 *
 * @param models names of the stored manifest's models, by roles
 */
export function objection(
  object: DeprecatedObject,
  dbt: DbtVersion,
  found: Found,
  models: ReadonlySet<string>,
): string | undefined {
  const { relation } = object;
  const base = object.kind === 'materialized view' ? relation.replace(/_mv$/, '') : relation;
  const [database, name] = base.split('.') as ['xapi' | 'event_sink' | 'reporting', string];
  if (isProtected({ database, name })) return `${relation} is a raw table or a lasting model`;
  if (!droppable(dbt, models).some((one) => roleName(one) === base)) {
    return `${relation} is not in the list for models ${dbt}, or is one of their models`;
  }
  if (found.uuid !== object.uuid || foundKind(found) !== object.kind) {
    return `${relation} is another relation than the one that was approved: it was made anew since`;
  }
  return undefined;
}

// Relations before an upgrade: what is left over has to go first; a person should know of materialized views that write
// nowhere, and of who else reads what a removal would take away.

import { allowList, isLeftOver, roleName, roleOf } from '../../shared/aspects/relations';
import { foundKind, targetOf } from '../../shared/aspects/server/catalogue';
import { dependantsOf } from '../../shared/aspects/server/dependants';
import { modelNames } from '../../shared/aspects/server/state';
import type { Seen } from './look';
import type { ReleasePair } from './seen';

/** Names in one note: it goes into a message. */
const NAMED = 12;

export async function relationNotes(seen: Seen, { target }: ReleasePair): Promise<string[]> {
  const { catalogue, server } = seen;
  const blind = [...catalogue].filter(([, found]) => {
    const to = foundKind(found) === 'materialized view' ? targetOf(found) : undefined;
    const role = to && roleOf(to.database, server.ref.databases);
    return to && role && !catalogue.has(roleName({ database: role, name: to.name }));
  });
  const list = new Set(allowList(target.dbt).map(roleName));
  // Models are made anew; only what is no model is somebody's own.
  const models = modelNames(server, seen.installed.models);
  const foreign = (await dependantsOf(server, list)).filter(
    ({ relation }) => !models.has(relation.replace(/_mv$/, '')),
  );
  return [
    ...noted(
      'materialized views whose table is gone, so that inserts into their source fail',
      blind.map(([name]) => name),
    ),
    ...noted(
      'models whose materialized view is missing, so that they get no new rows',
      orphans(seen),
    ),
    ...noted(
      'relations of yours that read what the removal takes away (runbooks aspects-check rewrites them)',
      foreign.map(({ name, needs }) => `${name} (${needs.join(', ')})`),
    ),
  ];
}

/** A finding: dbt leaves what it finds of them, so that the new version could never be proven. */
export const leftOvers = ({ catalogue }: Seen): string[] =>
  noted(
    'left over from runs of dbt that broke off (look whether rows of the model are only there, then drop them by hand)',
    [...catalogue.keys()].filter(isLeftOver),
  );

/** Models that are a table with a materialized view, and have lost the latter. */
function orphans({ installed, catalogue, server }: Seen): string[] {
  const models = installed.models.filter(
    ({ materialized }) => materialized === 'materialized_view',
  );
  return [...modelNames(server, models)].filter(
    (name) => catalogue.has(name) && !catalogue.has(`${name}_mv`),
  );
}

const noted = (what: string, names: readonly string[]): string[] =>
  names.length === 0
    ? []
    : [
        `${what}: ${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`,
      ];

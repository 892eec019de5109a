// Whether each model of the stored manifest is there as what it says it is. A materialized view is two objects.

import { isLeftOver, roleName, roleOf } from '../shared/aspects/relations';
import {
  type Catalogue,
  type Found,
  type FoundKind,
  foundKind,
  targetOf,
} from '../shared/aspects/server/catalogue';
import type { Model } from '../shared/aspects/server/state';
import type { Built } from './core';

/** What a materialization leaves behind; unknown ones must only be there. */
const KINDS: Readonly<Record<string, FoundKind>> = {
  view: 'view',
  dictionary: 'dictionary',
  materialized_view: 'table',
  table: 'table',
  incremental: 'table',
};

export function relationProblems({ server, catalogue, installed }: Built): string[] {
  const { databases } = server.ref;
  const models = installed.models.flatMap((model) => {
    const role = roleOf(model.database, databases);
    return role ? [{ model, name: roleName({ database: role, name: model.name }) }] : [];
  });
  return [
    ...models.flatMap(({ model, name }) => problemsOf(model, name, catalogue)),
    ...[...catalogue.keys()]
      .filter(isLeftOver)
      .map((name) => `${name} is left over: a run of dbt broke off in the middle of a swap`),
  ];
}

/** Models that are there and that nothing feeds. */
export function blindModels({ server, catalogue, installed }: Built): string[] {
  return installed.models.flatMap((model) => {
    const role = roleOf(model.database, server.ref.databases);
    const name = role && roleName({ database: role, name: model.name });
    const found = name && catalogue.get(name);
    return found ? feedProblems(model, name, found, catalogue) : [];
  });
}

function problemsOf(model: Model, name: string, catalogue: Catalogue): string[] {
  const found = catalogue.get(name);
  if (!found) return [`${name} is missing (a ${model.materialized})`];
  const wanted = KINDS[model.materialized];
  const kind = foundKind(found);
  if (wanted && kind !== wanted) return [`${name} is a ${kind}; expected is a ${wanted}`];
  return feedProblems(model, name, found, catalogue);
}

function feedProblems(model: Model, name: string, found: Found, catalogue: Catalogue): string[] {
  if (model.materialized !== 'materialized_view') return [];
  const feeds = catalogue.get(`${name}_mv`);
  if (!feeds || foundKind(feeds) !== 'materialized view') {
    return [`${name}_mv is missing: ${name} gets no new rows`];
  }
  const target = targetOf(feeds);
  if (target?.database === found.database && target.name === found.name) return [];
  return [`${name}_mv does not write to ${name}`];
}

// The question at the gate: exactly what would be dropped. Applications that have the same are named
// together, so that the text stays short enough for a message where a project has many.

import { LEGACY_PROCEDURES, LEGACY_VIEWS } from '../shared/clickstream/legacy';
import type { LegacyObjects } from './core';

const VIEWS: readonly string[] = LEGACY_VIEWS;

export function questionOf(all: readonly LegacyObjects[]): string {
  if (all.length === 0) return 'There is nothing to drop.';
  const groups = new Map<string, LegacyObjects[]>();
  for (const one of all) {
    const list = listOf(one);
    groups.set(list, [...(groups.get(list) ?? []), one]);
  }
  const parts = [...groups].map(([list, apps]) => `Of ${apps.map(rowsOf).join(', ')}: ${list}.`);
  return (
    `Drop the legacy objects of ${all.length} application(s) for good? ${parts.join(' ')} ` +
    'The data of each application are compared once more before anything of it is dropped, and nothing else goes with them.'
  );
}

function listOf({ relations, procedures }: LegacyObjects): string {
  const tables = relations.filter((name) => !VIEWS.includes(name));
  const views = relations.filter((name) => VIEWS.includes(name));
  const named = (kind: string, names: readonly string[]) =>
    names.length > 0 ? [`${kind} ${names.join(', ')}`] : [];
  return [
    ...named('tables', tables),
    ...named('materialized views', views),
    ...named(
      'procedures',
      procedures.map(
        (name) => `${name}(${LEGACY_PROCEDURES[name]!.endsWith('days') ? 'int' : ''})`,
      ),
    ),
  ].join('; ');
}

function rowsOf({ schema, rows }: LegacyObjects): string {
  const counts = Object.entries(rows).map(([table, count]) => `${table} ${count}`);
  return counts.length > 0 ? `${schema} (rows: ${counts.join(', ')})` : schema;
}

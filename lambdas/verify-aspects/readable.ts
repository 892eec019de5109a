// Whether what is there can be read: views are analysed, dictionaries asked, because they load when they are.

import { roleName, roleOf } from '../shared/aspects/relations';
import { type Found, foundKind } from '../shared/aspects/server/catalogue';
import type { ClickHouse } from '../shared/clickhouse/server';
import { codeOf } from '../shared/clickhouse/trouble';
import type { Built } from './core';

/** A view with parameters cannot be read without them. */
const hasParameters = ({ definition }: Found): boolean => /\{\s*\w+\s*:\s*\w+/.test(definition);

/** One that loads anew answers with what it had. */
const LOADED = ['LOADED', 'LOADED_AND_RELOADING'];

export async function readable({ server, catalogue, installed }: Built): Promise<string[]> {
  const problems: string[] = [];
  for (const { database, name } of installed.models) {
    const role = roleOf(database, server.ref.databases);
    const found = role && catalogue.get(roleName({ database: role, name }));
    if (!found) continue;
    const problem = await problemOf(server, found);
    if (problem !== undefined) problems.push(`${role}.${name} cannot be read: ${problem}`);
  }
  return problems;
}

async function problemOf(server: ClickHouse, found: Found): Promise<string | undefined> {
  const { database, name } = found;
  const kind = foundKind(found);
  if (kind !== 'dictionary' && (kind !== 'view' || hasParameters(found))) return undefined;
  try {
    if (kind === 'view') {
      await server.rows('explain', { ids: { database, name } });
      return undefined;
    }
    await server.rows('ask-dictionary', { ids: { database, name } });
    const { status, problem } = await server.row('dictionary', { parameters: { database, name } });
    return LOADED.includes(String(status)) ? undefined : `it is ${status}: ${problem}`;
  } catch (error) {
    if (codeOf(error) === 0) throw error;
    return (error as Error).message;
  }
}

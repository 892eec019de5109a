// Revision and state. A new state alone proves nothing: every dbt command that ends well writes it, whatever it was.

import { EVENTS_OF_1_0, generationOfDbt, isAtLeast } from '../shared/aspects/relations';
import { type Catalogue, foundKind } from '../shared/aspects/server/catalogue';
import type { Built } from './core';
import type { VerifyAspectsPayload } from './payload';

/** Functions that Alembic makes and models call. */
const FUNCTIONS = ['get_org_from_course_url', 'get_org_from_ccx_course_url'];

/** The first models whose state is stored in ClickHouse: before, it is a file of the host. */
const STATE_SINCE = 'v3.30.0';

/** Columns that models from v4.0.0 on read from tables that older models made without them. */
const COLUMNS = [
  ['enrollment_events', 'enrollment_status'],
  ['grading_events', 'approving_state'],
] as const;

export async function stateProblems(
  { server, installed, catalogue }: Built,
  { target }: VerifyAspectsPayload,
): Promise<string[]> {
  const { alembic, generation, manifest } = installed;
  const expected = generationOfDbt(target.dbt);
  const found: string[] = [];
  if (alembic !== target.alembic) {
    found.push(`Alembic is at ${alembic ?? 'no revision'}; expected is ${target.alembic}`);
  }
  if (manifest === null) {
    if (isAtLeast(target.dbt, STATE_SINCE)) {
      found.push('dbt has stored no state: its run did not end well, or never began');
    } else found.push(...withoutState(catalogue));
  } else if (generation !== expected) {
    found.push(
      `dbt's state has models of ${generation ?? 'another project'}; expected are those of ${expected} (${target.dbt})`,
    );
  }
  const functions = (await server.rows('functions')).map(({ name }) => name);
  for (const name of FUNCTIONS) {
    if (!functions.includes(name)) found.push(`function ${name} is missing`);
  }
  if (expected === '1.x') return found;
  for (const [table, column] of COLUMNS) {
    const there = catalogue.get(`xapi.${table}`);
    if (!there) continue;
    const { database, name } = there;
    const columns = await server.rows('columns', { parameters: { database, name } });
    if (!columns.some((one) => one.column === column)) {
      found.push(
        `xapi.${table} has no column ${column}: the table is that of 1.x, and needs a full refresh`,
      );
    }
  }
  return found;
}

/** Of 1.0.x nothing lists the models: the tables that all others are computed from stand for them. */
function withoutState(catalogue: Catalogue): string[] {
  return EVENTS_OF_1_0.flatMap((table) => {
    const [events, feeds] = [catalogue.get(`xapi.${table}`), catalogue.get(`xapi.${table}_mv`)];
    if (!events) return [`xapi.${table} is missing (a model of 1.0)`];
    if (feeds && foundKind(feeds) === 'materialized view') return [];
    return [`xapi.${table}_mv is missing: xapi.${table} gets no new rows`];
  });
}

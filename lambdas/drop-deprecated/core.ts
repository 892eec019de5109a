// Drops exactly the approved list, one object at a time, each after it was looked at once more: what it is, that it is
// in the list for these models, neither raw nor live, and read by nothing. A second call goes on where one stopped.

import { type DeprecatedList, listKey } from '../read-deprecated/core';
import { check } from '../shared/aspects/checks';
import { unproven } from '../shared/aspects/proof';
import { readCatalogue } from '../shared/aspects/server/catalogue';
import { dependantsOf } from '../shared/aspects/server/dependants';
import { type DeprecatedObject, objection } from '../shared/aspects/server/deprecated';
import { modelNames, readInstalled } from '../shared/aspects/server/state';
import { type ClickHouse, type ClickHouseDeps, withClickHouse } from '../shared/clickhouse/server';
import { codeOf } from '../shared/clickhouse/trouble';
import type { Clock } from '../shared/clock';
import { DeprecatedRelationsError } from '../shared/errors';
import { isApproved } from '../shared/gates';
import type { Ledger } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import { stillOn } from './nodes';
import type { DropDeprecatedPayload, DropDeprecatedResult } from './payload';

export interface DropDeprecatedDeps extends ClickHouseDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

const FILES = {
  'materialized view': 'drop-view',
  view: 'drop-view',
  dictionary: 'drop-dictionary',
  table: 'drop-table',
} as const;

export async function dropDeprecated(
  payload: DropDeprecatedPayload,
  deps: DropDeprecatedDeps,
): Promise<DropDeprecatedResult> {
  await ownRun(deps.ledger, payload);
  const list = await approvedList(payload, deps.ledger);
  return withClickHouse(payload, deps, async (server) => {
    // All of them before the first: nothing goes while one of them must not.
    await mayDrop(server, list.objects, list.objects, payload.dbt);
    for (const object of list.objects) {
      // Somebody may have taken the run over, or given it up, since the last one.
      await ownRun(deps.ledger, payload);
      await dropOne(server, object, list.objects, payload.dbt);
    }
    const left = await whatIsLeft(server, list.objects);
    await check(deps, payload.runId, {
      name: 'deprecated relations',
      expected: `${list.objects.length} of them gone`,
      actual: left.length === 0 ? `${list.objects.length} gone` : `still there: ${left.join(', ')}`,
      ok: left.length === 0,
    });
    if (left.length > 0) throw refused(`${left.join(', ')} still there after the drop`);
    return { dropped: list.objects.length };
  });
}

/** What was approved, after everything that has to come before it. */
async function approvedList(
  payload: DropDeprecatedPayload,
  ledger: Ledger,
): Promise<DeprecatedList> {
  const { runId, hash, gate, dbt } = payload;
  const list = await ledger.get<DeprecatedList>(listKey(runId, hash));
  if (!list || list.dbt !== dbt) {
    throw refused(`there is no list ${hash.slice(0, 12)} for models ${dbt} in this run`);
  }
  if (!(await isApproved(ledger, payload, gate, { objects: hash }))) {
    throw refused(`gate ${gate} has not approved list ${hash.slice(0, 12)}`);
  }
  const missing = await unproven(ledger, runId, dbt);
  if (missing.length > 0) {
    throw refused(`the models ${dbt} are not ${missing.join(' and not ')} in this run`);
  }
  return list;
}

/** Whether it is still there, after it was looked at: what it is, whether it may go, and who reads it. */
async function mayDrop(
  server: ClickHouse,
  objects: readonly DeprecatedObject[],
  all: readonly DeprecatedObject[],
  dbt: string,
): Promise<ReadonlySet<string>> {
  const catalogue = await readCatalogue(server);
  const models = modelNames(server, (await readInstalled(server)).models);
  const against = objects.flatMap((object) => {
    const found = catalogue.get(object.relation);
    return (found && objection(object, dbt, found, models)) ?? [];
  });
  // Readers in the list go too.
  const readers = await dependantsOf(server, new Set(all.map(({ relation }) => relation)));
  const named = readers.map(({ name, needs }) => `${name} reads ${needs.join(', ')}`);
  const problems = [...against, ...named];
  if (problems.length > 0) throw refused(problems.join('; '));
  return new Set(objects.map(({ relation }) => relation).filter((one) => catalogue.has(one)));
}

async function dropOne(
  server: ClickHouse,
  object: DeprecatedObject,
  all: readonly DeprecatedObject[],
  dbt: string,
): Promise<void> {
  const { relation, database, name, kind } = object;
  const { cluster } = server.ref;
  const there = await mayDrop(server, [object], all, dbt);
  if (there.size === 0 && (await stillOn(server, object)) === 0) return;
  const ids = { database, name, ...(cluster !== null && { cluster }) };
  try {
    await server.change(`${FILES[kind]}${cluster === null ? '' : '-on-cluster'}`, { ids });
  } catch (error) {
    if (codeOf(error) === 0) throw error;
    throw refused(`ClickHouse did not drop ${relation}: ${(error as Error).message}`, error);
  }
}

/** Objects of the list that are there, on some node of a cluster too. */
async function whatIsLeft(
  server: ClickHouse,
  objects: readonly DeprecatedObject[],
): Promise<string[]> {
  const catalogue = await readCatalogue(server);
  const left: string[] = [];
  for (const object of objects) {
    const { relation } = object;
    if (catalogue.has(relation)) left.push(relation);
    else if ((await stillOn(server, object)) > 0) left.push(`${relation} (on other nodes)`);
  }
  return left;
}

const refused = (why: string, cause?: unknown): DeprecatedRelationsError =>
  new DeprecatedRelationsError(
    `the removal stopped: ${why}. What the list named before it is dropped, the rest is as it was. Repair that, then redrive`,
    { cause },
  );

// Proof by count that new relations have what the old ones have, as far as they can: everything new is computed from
// events that expire. Old and new are counted in one statement each, because ingestion feeds both.

import { check } from '../shared/aspects/checks';
import { disprove, prove } from '../shared/aspects/proof';
import { RENAME_TABLE, renamedTo, roleName } from '../shared/aspects/relations';
import { boundaryOf } from '../shared/aspects/server/boundary';
import { readCatalogue } from '../shared/aspects/server/catalogue';
import { readInstalled } from '../shared/aspects/server/state';
import { type ClickHouseDeps, withClickHouse } from '../shared/clickhouse/server';
import type { Clock } from '../shared/clock';
import { ReconciliationError } from '../shared/errors';
import type { Ledger } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import { blindModels } from '../verify-aspects/relations';
import { comparePair, type Pair } from './compare';
import type { ReconcileAspectsPayload, ReconcileAspectsResult } from './payload';
import { judge } from './verdict';

export interface ReconcileDeps extends ClickHouseDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** Pairs in a message; the ledger has all of them. */
const NAMED = 15;

export async function reconcileAspects(
  payload: ReconcileAspectsPayload,
  deps: ReconcileDeps,
): Promise<ReconcileAspectsResult> {
  await ownRun(deps.ledger, payload);
  return withClickHouse(payload, deps, async (server) => {
    const catalogue = await readCatalogue(server);
    const boundary = await boundaryOf(server, catalogue);
    const live = renamedTo(payload.dbt);
    const pairs = RENAME_TABLE.flatMap((row): Pair[] => {
      const old = catalogue.get(roleName(row.old));
      if (!old || !row.new || !live.includes(row.new)) return [];
      return [{ row, old, new: catalogue.get(roleName(row.new)) }];
    });
    const wrong: string[] = [];
    const warnings: string[] = [];
    for (const pair of pairs) {
      const name = `${roleName(pair.row.old)} and ${roleName(pair.row.new!)}`;
      const verdict = judge(pair.row, await comparePair(server, catalogue, pair, boundary));
      const { expected, actual, ok, warning } = verdict;
      await check(deps, payload.runId, { name, expected, actual, ok });
      if (!ok) wrong.push(`${name}: ${actual}; expected is ${expected}`);
      else if (warning !== undefined) warnings.push(`${name}: ${warning}`);
    }
    // A full refresh drops what feeds a table before it fills it: one that broke off leaves the table blind.
    wrong.push(...blindModels({ server, catalogue, installed: await readInstalled(server) }));
    if (wrong.length > 0) {
      await disprove(deps.ledger, payload.runId, 'reconciled');
      throw notEqual(wrong);
    }
    const compared = pairs.map(({ row }) => roleName(row.old));
    await prove(deps, payload.runId, 'reconciled', payload.dbt, compared);
    return { ok: true, compared: pairs.length, warnings: warnings.slice(0, NAMED) };
  });
}

function notEqual(wrong: readonly string[]): ReconciliationError {
  const named = wrong.slice(0, NAMED).map((text, i) => `(${i + 1}) ${text}`);
  return new ReconciliationError(
    `${wrong.length} pair(s) of old and new relations do not agree: ${named.join('; ')}. Nothing was removed, ` +
      'and the old relations are as they were. Events that arrived while tables were swapped heal by a full refresh of the model and ' +
      "what is behind it (tutor … do dbt --only_changed False -c 'run --full-refresh --select <model>+'); then redrive",
  );
}

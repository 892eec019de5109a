// Whether init has made what the version says, asked in ClickHouse: an exit status of 0 and "All services
// initialised." are said just as well when every job was killed or nothing was selected.

import { check } from '../shared/aspects/checks';
import { disprove, prove } from '../shared/aspects/proof';
import { type Catalogue, readCatalogue } from '../shared/aspects/server/catalogue';
import { type InstalledModel, readInstalled } from '../shared/aspects/server/state';
import { type ClickHouse, type ClickHouseDeps, withClickHouse } from '../shared/clickhouse/server';
import type { Clock } from '../shared/clock';
import { AspectsNotBuiltError } from '../shared/errors';
import { type Ledger, runKey } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import { nodeProblems } from './nodes';
import type { VerifyAspectsPayload, VerifyAspectsResult } from './payload';
import { readable } from './readable';
import { relationProblems } from './relations';
import { stateProblems } from './state';

export interface VerifyDeps extends ClickHouseDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** Everything that is looked at. */
export interface Built {
  readonly server: ClickHouse;
  readonly catalogue: Catalogue;
  readonly installed: InstalledModel;
}

/** Problems in a message; the rest is counted. */
const NAMED = 25;

export async function verifyAspects(
  payload: VerifyAspectsPayload,
  deps: VerifyDeps,
): Promise<VerifyAspectsResult> {
  await ownRun(deps.ledger, payload);
  return withClickHouse(payload, deps, async (server) => {
    const installed = await readInstalled(server);
    const built: Built = { server, catalogue: await readCatalogue(server), installed };
    const problems = [
      ...(await stateProblems(built, payload)),
      ...relationProblems(built),
      ...(await readable(built)),
      ...(await nodeProblems(built)),
    ];
    const relations = installed.models.length;
    await check(deps, payload.runId, {
      name: `data model of Aspects ${payload.aspects}`,
      expected: `models ${payload.target.dbt}, Alembic ${payload.target.alembic}, every relation there and readable`,
      actual: problems.length === 0 ? `${relations} models built` : `${problems.length} problem(s)`,
      ok: problems.length === 0,
    });
    const ok = problems.length === 0;
    if (ok) await prove(deps, payload.runId, 'verified', payload.target.dbt);
    else {
      await disprove(deps.ledger, payload.runId, 'verified');
      if (!(await isToBeBuilt(payload, deps.ledger))) throw notBuilt(payload, problems);
    }
    const checks = relations + 4;
    return { ok, relations, checks, manifest: installed.manifest };
  });
}

/**
 * A redrive comes after a repair, and so does a new execution that goes on with the run: what is missing then has to
 * be built again, not looked at once more.
 */
async function isToBeBuilt(
  { runId, selfArn, aspects, redriveCount, redrivesAtEnd, rebuilt = true }: VerifyAspectsPayload,
  ledger: Ledger,
): Promise<boolean> {
  const key = runKey(runId, `aspects#missing#${aspects}`);
  const told = await ledger.get<{ readonly by: string }>(key);
  const elsewhere = !rebuilt && told !== undefined && told.by !== selfArn;
  if (redrivesAtEnd !== undefined && (redriveCount > redrivesAtEnd || elsewhere)) return true;
  // Whoever asks twice gets the same answer: it is written down only where it is no.
  await ledger.put(key, { by: selfArn });
  return false;
}

function notBuilt({ aspects }: VerifyAspectsPayload, problems: readonly string[]) {
  const named = problems.slice(0, NAMED).map((text, i) => `(${i + 1}) ${text}`);
  const rest = problems.length > NAMED ? `; and ${problems.length - NAMED} more` : '';
  return new AspectsNotBuiltError(
    `${problems.length} thing(s) of Aspects ${aspects} are not as its init makes them, whatever its exit status was: ` +
      `${named.join('; ')}${rest}. Nothing was removed. Look at the log of init on the host and repair the cause, then redrive: init runs again`,
  );
}

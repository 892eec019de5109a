// What a back-fill that was given up leaves in the two engines: a statement in MySQL that outlived its
// worker, and staging tables with rows of students. Its objects are deleted by an execution of their own.

import { createHash } from 'node:crypto';
import { type StopExportsDeps, stopExports } from '../extract-slices/stop';
import type { Progress } from '../run-batches/progress';
import type { DataApi, WarehouseTarget } from '../shared/data-api';
import { StatementStillRunsError, StatementStoppedError, TryAgainError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { swapMarkOf } from '../shared/rdw/tenant';
import { prefixOf } from '../shared/read';
import { releasedRun } from '../shared/runs';
import { renderStatement, type SqlSource } from '../shared/sql';
import type { TidyReleasedPayload, TidyReleasedResult } from './payload';

export interface TidyReleasedDeps extends StopExportsDeps {
  dataApi(target: WarehouseTarget): DataApi;
  sqlText(source: SqlSource): string;
}

/** A table of the run, and where it is. */
interface Staging {
  readonly schema: string;
  readonly staging: string;
  readonly warehouse: WarehouseTarget;
}

/** What a drop leaves of an invocation's time. */
const SPARE_MS = 30_000;
/** A drop waits for whoever reads the table, and nobody but the run does. */
const MOST_SECONDS = 300;

/** @throws StatementStillRunsError, StatementStoppedError; a redrive goes on with what is left */
export async function tidyReleased(
  { runId }: TidyReleasedPayload,
  deps: TidyReleasedDeps,
  { remainingMs }: Pick<Invocation, 'remainingMs'>,
): Promise<TidyReleasedResult> {
  const { ledger } = deps;
  const run = await releasedRun(ledger, runId);
  // Nothing of a run that was given up may begin again: whoever still acts for it is stopped.
  const ends = Object.entries(await stopExports(deps, runId, async () => true));
  const named = (end: string) => ends.filter(([, one]) => one === end).map(([tenant]) => tenant);
  if (named('running').length > 0) {
    throw new StatementStillRunsError(
      `run ${runId} is given up, and MySQL still writes its extract of ${named('running').join(', ')}: the user may not ` +
        'end it, or it does not end. End it there (KILL), or wait; then redrive this execution, which deletes what it has written',
    );
  }
  if (named('lost').length > 0) {
    throw new TryAgainError(`somebody else acts for ${named('lost').join(', ')} of run ${runId}`);
  }
  let dropped = 0;
  for (const { schema, staging, warehouse } of await stagingsOf(deps, runId)) {
    for (const table of [staging, swapMarkOf(staging)]) {
      const seconds = Math.floor((remainingMs() - SPARE_MS) / 1_000);
      if (seconds <= 0) throw new TryAgainError(`${dropped} table(s) of run ${runId} are dropped`);
      await drop(
        deps,
        runId,
        { schema, staging: table, warehouse },
        Math.min(seconds, MOST_SECONDS),
      );
    }
    dropped += 1;
  }
  return { dropped, keepObjectsDays: Number(run.input.keepObjectsDays) };
}

/** Staging tables that the run has made, or was about to, as its own steps were told. */
async function stagingsOf({ ledger }: TidyReleasedDeps, runId: string): Promise<Staging[]> {
  const found: Staging[] = [];
  for await (const { payload } of ledger.list<Progress>(runId, 'progress#createStaging#')) {
    const [create] = payload.plan.kind === 'list' ? payload.plan.statements : [];
    const { schema, staging } = (create && 'ids' in create ? create.ids : {}) as Partial<Staging>;
    if (schema === undefined || staging === undefined) continue;
    found.push({ schema, staging, warehouse: payload.warehouse });
  }
  return found;
}

/** Asking twice does once: a table that is gone is no error. */
async function drop(
  { dataApi, sqlText, clock }: TidyReleasedDeps,
  runId: string,
  { schema, staging, warehouse }: Staging,
  seconds: number,
): Promise<void> {
  const text = sqlText({ file: 'rdw/drop-staging' });
  const statement = renderStatement(text, { ids: { schema, staging } }, [runId, 'release', schema]);
  const name = `${prefixOf(runId)}release;`;
  const token = createHash('sha256').update(`${name}${schema}${staging}${clock.now()}`);
  const api = dataApi(warehouse);
  const end = await api.run(statement, name, token.digest('hex'), seconds, async () => true);
  if (end.state === 'finished') return;
  throw new StatementStoppedError(
    `table ${schema}.${staging} of run ${runId} could not be dropped: ${end.error ?? end.state}. Drop it as its owner, or ` +
      'repair the right, then redrive this execution',
  );
}

// Looks at everything a migration relies on, and says everything that is wrong at once. It changes nothing.

import { PreflightError, RunbookError } from '../shared/errors';
import { note } from '../shared/history/checks';
import { shapeOf } from '../shared/history/ddl';
import { endsOf, text } from '../shared/history/ends';
import { hasRun } from '../shared/history/kept';
import {
  isReplica,
  newSet,
  readsSource,
  sameServer,
  serverFacts,
} from '../shared/history/server-facts';
import { codeOf, type Table } from '../shared/history/table';
import { type HistoryDeps, withTables } from '../shared/history/work';
import { hoursFor, leftOf, rateOf, sizesOf } from './figures';
import { findingsOf, type Seen } from './findings';
import { otherRuns } from './other-runs';
import type { DiscoverHistoryPayload, DiscoverHistoryResult } from './payload';
import { type ReachDeps, unreached } from './reach';
import { notesOf } from './words';

export interface DiscoverDeps extends HistoryDeps, ReachDeps {
  /** Free storage of the target; undefined where it has no limit. */
  freeGiB(): Promise<number | undefined>;
}

const ABSENT = /^ER_NO_SUCH_TABLE$/;

export async function discoverHistory(
  payload: DiscoverHistoryPayload,
  deps: DiscoverDeps,
): Promise<DiscoverHistoryResult> {
  const { ledger } = deps;
  const { runId } = payload;
  const kept = await hasRun(ledger, payload);
  return withTables(payload, deps, async (source, target) => {
    const admin = payload.admin ? target.as(payload.admin) : undefined;
    try {
      const far = await unreached({ source, target, admin }, payload.replicas, deps);
      if (far.length > 0) throw new PreflightError(far);
      if (!(await isThere(source))) {
        const said = `${source.name} is not there: this installation keeps no history of student modules in its database, and there is nothing to move`;
        if (kept) await note(ledger, runId, 'use', said);
        return NOTHING;
      }
      const seen = await look({ source, target, admin }, payload, deps);
      const findings = [
        ...(await findingsOf(seen, payload, deps)),
        // A run has its lease by now; whether its ranges are free is asked when they are taken.
        ...(kept ? [] : await otherRuns(runId, target, ledger)),
      ];
      if (findings.length > 0) throw new PreflightError(findings);
      const notes = Object.entries(notesOf(seen, payload));
      if (kept) for (const [name, said] of notes) await note(ledger, runId, name, said);
      return resultOf(seen, payload);
    } finally {
      await admin?.close();
    }
  });
}

/** Information_schema hides what a user may not see; the table itself does not. */
async function isThere(source: Table): Promise<boolean> {
  try {
    await endsOf(source);
    return true;
  } catch (error) {
    if (ABSENT.test(codeOf(error))) return false;
    throw new PreflightError([(error as Error).message]);
  }
}

async function look(
  tables: Pick<Seen, 'source' | 'target' | 'admin'>,
  { runId, dbInstanceIdentifier }: DiscoverHistoryPayload,
  deps: DiscoverDeps,
): Promise<Seen> {
  const { source, target } = tables;
  const ends = await endsOf(source);
  const old = (await shapeOf(source))!;
  const rate = await rateOf(source, ends, deps.clock.now());
  const id = old.columns.find(({ name }) => name === 'id');
  const { about_rows, bytes, collation } = await source.row('table');
  const { collation: database } = await target.row('database');
  const same = await sameServer(source, target, `runbook-${runId}`.slice(0, 64));
  return {
    ...tables,
    old,
    made: await shapeOf(target),
    databaseIsThere: database !== undefined,
    from: await serverFacts(source),
    to: await serverFacts(target),
    follows: await isReplica(source),
    same,
    direct: same && (await readsSource(source, target)),
    ends,
    rate,
    left: leftOf(id, ends, rate),
    sizes: await sizesOf(source, ends),
    about: { rows: Number(about_rows ?? 0), bytes: Number(bytes ?? 0) },
    ...(dbInstanceIdentifier !== null && (await storageOf(deps))),
    collation: String(collation),
  };
}

/** CloudWatch that cannot be asked is one finding among others. */
async function storageOf(deps: DiscoverDeps): Promise<Pick<Seen, 'freeGiB' | 'storage'>> {
  try {
    return { freeGiB: await deps.freeGiB() };
  } catch (error) {
    if (!(error instanceof RunbookError) || error.family === 'try again') throw error;
    return { storage: error.message };
  }
}

function resultOf(
  seen: Seen,
  { settings, workers }: DiscoverHistoryPayload,
): DiscoverHistoryResult {
  const { old, to, ends, rate, left, about, collation } = seen;
  const set = old.columns.find(({ name }) => name === 'state')?.characterSet ?? 'utf8';
  return {
    inUse: true,
    sameServer: seen.direct,
    migrated: seen.made !== null,
    ...newSet(to, { characterSet: set, collation }),
    minId: text(ends.min),
    maxId: text(ends.max),
    idsLeft: String(left.ids),
    daysLeft: left.days,
    rowsPerHour: rate.rowsPerHour,
    aboutRows: String(about.rows),
    aboutBytes: String(about.bytes),
    aboutHours: hoursFor(about.rows, about.bytes, settings, workers),
  };
}

const NOTHING: DiscoverHistoryResult = {
  inUse: false,
  sameServer: false,
  migrated: false,
  characterSet: '',
  collation: '',
  minId: null,
  maxId: null,
  idsLeft: '0',
  daysLeft: null,
  rowsPerHour: 0,
  aboutRows: '0',
  aboutBytes: '0',
  aboutHours: 0,
};

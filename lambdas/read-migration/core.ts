// What a migration has left in the ledger, looked at by whoever wants to remove the old rows. It changes
// nothing: of a dry run not even the ledger knows.

import { IdOverlapError, PreflightError, RemovalRefusedError } from '../shared/errors';
import { note } from '../shared/history/checks';
import { type CopiedItem, copiedKey } from '../shared/history/copied';
import { endsOf, firstFrom } from '../shared/history/ends';
import { granted } from '../shared/history/grants';
import { hasRun } from '../shared/history/kept';
import { overlapFinding } from '../shared/history/overlap';
import { grantsOf } from '../shared/history/rights';
import { sameServer } from '../shared/history/server-facts';
import { splitTable } from '../shared/history/split';
import { standing } from '../shared/history/standing';
import type { Table } from '../shared/history/table';
import { type HistoryDeps, withTables } from '../shared/history/work';
import { runKey } from '../shared/ledger';
import type { RunItem } from '../shared/runs';
import type { ReadMigrationPayload, ReadMigrationResult } from './payload';

export async function readMigration(
  payload: ReadMigrationPayload,
  deps: HistoryDeps,
): Promise<ReadMigrationResult> {
  const { ledger } = deps;
  const { runId, migrationOf, confirm, method, workers } = payload;
  const kept = await hasRun(ledger, payload);
  return withTables(payload, deps, async (source, target) => {
    const copied = await copiedBy(payload, deps, source);
    const { lo, hi, cut } = copied;
    await refuseOverlap(source, target, deps, migrationOf);
    const { max } = await endsOf(source);
    await refuseRights(source, method);
    if (method === 'truncate' && max !== null && max > hi) throw refuse(above(source, max, hi));
    const first = await firstFrom(source, lo);
    const left = first === null || first > hi ? null : first;
    const ranges = left === null ? [] : await splitTable(source, left, hi, workers);
    if (kept) {
      await note(
        ledger,
        runId,
        'removal',
        `${confirm}: rows with ids from ${lo} to ${hi} go, which ${migrationOf} has copied; ${left === null ? 'none is left' : `the first that is left is ${left}`}`,
      );
    }
    const same = await sameServer(source, target, `runbook-${runId}`.slice(0, 64));
    return { lo: String(lo), hi: String(hi), cut, sameServer: same, ranges };
  });
}

async function copiedBy(
  { migrationOf, confirm }: ReadMigrationPayload,
  { ledger }: HistoryDeps,
  source: Table,
): Promise<{ readonly lo: bigint; readonly hi: bigint; readonly cut: string }> {
  const problems: string[] = [];
  if (confirm !== source.name) {
    problems.push(`confirm is ${JSON.stringify(confirm)}; allowed is ${source.name}`);
  }
  const run = await ledger.get<RunItem>(runKey(migrationOf));
  const item = await ledger.get<CopiedItem>(copiedKey(migrationOf));
  if (!run) {
    problems.push(
      `the ledger knows no run ${migrationOf}; allowed is one of this stack's migration`,
    );
  } else if (run.status !== 'succeeded') {
    problems.push(
      `run ${migrationOf} has not succeeded (${run.status}); allowed is one that has copied, compared and ended`,
    );
  } else if (!item) {
    problems.push(
      `run ${migrationOf} has copied nothing; allowed is one of this stack's migration`,
    );
  }
  if (item && (item.lo === null || item.hi === null)) {
    problems.push(`run ${migrationOf} found ${source.name} empty: there is nothing to remove`);
  }
  if (problems.length > 0 || !item || item.lo === null || item.hi === null) {
    throw new RemovalRefusedError(
      `${problems.map((one, i) => `(${i + 1}) ${one}`).join('; ')}. Nothing was removed; start a new execution`,
    );
  }
  return { lo: BigInt(item.lo), hi: BigInt(item.hi), cut: item.cut };
}

/** Rows that collide with live ones were never copied. */
async function refuseOverlap(
  source: Table,
  target: Table,
  { ledger }: HistoryDeps,
  migrationOf: string,
): Promise<void> {
  const { verdict } = await standing(source, target, ledger, migrationOf);
  const said = overlapFinding(verdict, source.name, target.name);
  if (said) throw new IdOverlapError(`${said}. Nothing was removed`);
}

const RIGHTS = { drain: ['DELETE'], truncate: ['DROP', 'LOCK TABLES'] } as const;

/** The copy only reads the old table; a removal needs more. */
async function refuseRights(source: Table, method: 'drain' | 'truncate'): Promise<void> {
  const lines = await grantsOf(source);
  const { database, table } = source.place;
  const [whole, own] = [null, table].map((one) => granted(lines, database, one, RIGHTS[method]));
  const missing = whole!.missing.filter((one) => own!.missing.includes(one));
  if (missing.length === 0 || whole!.roles) return;
  const { user } = await source.row('who');
  throw new PreflightError([
    `${user} lacks ${missing.join(', ')} on ${source.name}, which method ${method} needs: grant them`,
  ]);
}

const above = (source: Table, max: bigint, hi: bigint): string =>
  `${source.name} has rows above id ${hi}, up to ${max}, which nobody has copied: with method truncate they would be lost. ` +
  'Nothing was removed. Find out who writes there, and run a migration again, or remove with method drain, which leaves them';

const refuse = (message: string) => new RemovalRefusedError(message);

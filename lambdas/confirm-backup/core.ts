// A backup is read before anybody relies on it: one that people have taken, and any before the first step of the way
// back. All four databases come back without rows under other names, and the rows of the smallest table.

import { check } from '../shared/aspects/checks';
import {
  keepContents,
  lackOf,
  leftOutOf,
  rawRows,
  relationsThere,
  wantedIn,
} from '../shared/aspects/server/backup-contents';
import { type BackupContents, Backups } from '../shared/aspects/server/backups';
import { tooLargeText, tooLargeToDrop } from '../shared/aspects/server/drop-limit';
import { readInstalled } from '../shared/aspects/server/state';
import { type ClickHouse, type ClickHouseDeps, withClickHouse } from '../shared/clickhouse/server';
import type { Clock } from '../shared/clock';
import { ClickHouseBackupError, ClickHouseStatementError } from '../shared/errors';
import type { Ledger } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import type { ConfirmBackupPayload, ConfirmBackupResult } from './payload';

export interface ConfirmBackupDeps extends ClickHouseDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/**
 * @throws ClickHouseBackupError where it is not there, not readable, not whole, of another revision or of another
 * run; on the way back also where ClickHouse would refuse to drop what is in its place
 */
export async function confirmBackup(
  payload: ConfirmBackupPayload,
  deps: ConfirmBackupDeps,
): Promise<ConfirmBackupResult> {
  const { runId, backupId, wayBack } = payload;
  await ownRun(deps.ledger, payload);
  if (!wayBack && !backupId.includes(runId)) {
    throw refused(payload, 'its name has not the id of this run: it may be older than the run');
  }
  return withClickHouse(payload, deps, async (server) => {
    const alembic = wayBack ? wayBack.alembic : (await readInstalled(server)).alembic;
    const wanted = wayBack
      ? await wantedIn(server, deps.ledger, backupId)
      : await relationsThere(server);
    const read = await contentsOf(server, payload, deps);
    const { revision, relations, leftOut } = read;
    const lack = lackOf(read, wanted) ?? (wayBack ? undefined : await smallness(server, payload));
    const ok = revision === alembic && lack === undefined;
    await check(deps, runId, {
      name: 'backup of ClickHouse',
      expected: `${backupId}, revision ${alembic} read back, with ${wanted.length} relations`,
      actual: `revision ${revision}, ${lack ?? `${relations.length} relations`}; their rows were not read`,
      ok,
    });
    if (revision !== alembic) {
      throw refused(payload, `it has revision ${revision}; expected is ${alembic}`);
    }
    if (lack !== undefined) throw refused(payload, lack);
    if (wayBack) await mayBeDropped(server);
    else {
      const rows = await rawRows(server);
      await keepContents(deps.ledger, backupId, { relations: wanted, leftOut, rows });
    }
    return { backupId, alembic: revision };
  });
}

async function contentsOf(
  server: ClickHouse,
  payload: ConfirmBackupPayload,
  { ledger }: ConfirmBackupDeps,
): Promise<BackupContents> {
  const { place, backupId, runId } = payload;
  const out = await leftOutOf(ledger, backupId);
  try {
    return await new Backups(server, place).read(backupId, { ledger, runId }, out);
  } catch (error) {
    // A server that is busy, or does not let anybody in, says nothing of the backup.
    if (!(error instanceof ClickHouseStatementError)) throw error;
    throw refused(payload, `it cannot be read: ${(error as Error).message}`);
  }
}

/** What may be missing of what is on disk: merges and expired rows since it was taken. */
const LEAST = 0.5;

/** Rows are not read; where the server knows the backup still, one without them is too small. */
async function smallness(
  server: ClickHouse,
  { place, backupId }: ConfirmBackupPayload,
): Promise<string | undefined> {
  const bytes = await new Backups(server, place).made(backupId);
  const there = (await server.rows('sizes')).reduce((sum, one) => sum + Number(one.bytes), 0);
  if (bytes === undefined || bytes >= there * LEAST) return undefined;
  return `it has ${bytes} bytes, and the tables have ${there}`;
}

/** What the restore drops first; one refusal in the middle would leave half of it. */
async function mayBeDropped(server: ClickHouse): Promise<void> {
  const large = await tooLargeToDrop(server);
  if (large.length === 0) return;
  throw new ClickHouseBackupError(
    `the way back drops every table before the backup comes in its place, and not all may be: ${large
      .map((one, i) => `(${i + 1}) ${tooLargeText(one)}`)
      .join('; ')}. Nothing was changed. Restart the server with that, then redrive`,
  );
}

const refused = ({ backupId, wayBack }: ConfirmBackupPayload, why: string) =>
  new ClickHouseBackupError(
    `backup ${backupId} of ClickHouse is of no use: ${why}. Nothing was changed. ${
      wayBack
        ? 'Bring it back to where it was written, complete, then redrive'
        : 'Take it again as the gate has asked for, once what is left of it is deleted (a name is taken only once: code 598), then redrive'
    }`,
  );

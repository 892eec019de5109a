// A backup that people have taken: one small table is read back from it and compared, before anybody relies on it.

import { check } from '../shared/aspects/checks';
import { Backups } from '../shared/aspects/server/backups';
import { readInstalled } from '../shared/aspects/server/state';
import { type ClickHouseDeps, withClickHouse } from '../shared/clickhouse/server';
import { codeOf } from '../shared/clickhouse/trouble';
import type { Clock } from '../shared/clock';
import { ClickHouseBackupError } from '../shared/errors';
import type { Ledger } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import type { ConfirmBackupPayload, ConfirmBackupResult } from './payload';

export interface ConfirmBackupDeps extends ClickHouseDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** @throws ClickHouseBackupError where it is not there, not readable, of another revision or of another run */
export async function confirmBackup(
  payload: ConfirmBackupPayload,
  deps: ConfirmBackupDeps,
): Promise<ConfirmBackupResult> {
  const { runId, backupId, place } = payload;
  await ownRun(deps.ledger, payload);
  if (!backupId.includes(runId)) {
    throw refused(backupId, 'its name has not the id of this run: it may be older than the run');
  }
  return withClickHouse(payload, deps, async (server) => {
    const { alembic } = await readInstalled(server);
    const checkId = `${backupId}-check-${deps.clock.now()}`;
    const revision = await new Backups(server, place).read(backupId, checkId).catch((error) => {
      if (codeOf(error) === 0) throw error;
      throw refused(backupId, `it cannot be read: ${(error as Error).message}`);
    });
    const ok = revision === alembic;
    await check(deps, runId, {
      name: 'backup of ClickHouse',
      expected: `${backupId}, revision ${alembic} read back`,
      actual: `revision ${revision}`,
      ok,
    });
    if (!ok) throw refused(backupId, `it has revision ${revision}, and ClickHouse ${alembic}`);
    return { backupId, alembic: revision };
  });
}

const refused = (backupId: string, why: string) =>
  new ClickHouseBackupError(
    `backup ${backupId} of ClickHouse is of no use: ${why}. Nothing was changed. Take it again as the gate has asked for, then redrive`,
  );

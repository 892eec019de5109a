// The waiting task that brings Aspects' databases back. The backup is read before anything is dropped for it; then the
// databases go, because tables with rows are refused, and come back under an id that is known before.

import { check } from '../shared/aspects/checks';
import { noWriters } from '../shared/aspects/host/writers';
import {
  emptyAfter,
  lackAfter,
  lackOf,
  leftOutOf,
  wantedIn,
} from '../shared/aspects/server/backup-contents';
import { type BackupContents, Backups } from '../shared/aspects/server/backups';
import { tooLargeText, tooLargeToDrop } from '../shared/aspects/server/drop-limit';
import { readInstalled } from '../shared/aspects/server/state';
import { type ClickHouse, type ClickHouseDeps, withClickHouse } from '../shared/clickhouse/server';
import { iso } from '../shared/clock';
import { ClickHouseBackupError, ClickHouseStatementError } from '../shared/errors';
import { isApproved } from '../shared/gates';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import { type WaitDeps, waitFor } from '../shared/waiting';
import type { Token } from '../shared/worker-token';
import type { RestoreClickHousePayload, RestoreClickHouseResult } from './payload';

export interface RestoreDeps extends WaitDeps, ClickHouseDeps {
  /** Services that write into ClickHouse now. */
  writing(): Promise<readonly string[]>;
}

/** The ledger's item about the latest attempt. */
interface RestoreAttempt {
  readonly number: number;
  readonly id: string;
  /** `dropping`: the backup was read, and what is there goes. */
  readonly state: 'wanted' | 'dropping' | 'begun' | 'restored' | 'failed';
  /** What was there has begun to go, in this attempt or an earlier one: there is no way back. */
  readonly dropped: boolean;
  /** Raw tables without rows after an earlier attempt. @default - each had some, or an earlier release has looked */
  readonly empty?: readonly string[];
  readonly at: string;
}

export async function restoreClickHouse(
  payload: RestoreClickHousePayload,
  deps: RestoreDeps,
  invocation: Invocation,
): Promise<RestoreClickHouseResult> {
  const { gate, backupId } = payload;
  if (!(await isApproved(deps.ledger, payload, gate, { restore: backupId }))) {
    throw new ClickHouseBackupError(
      `gate ${gate} has not approved to bring back ${backupId}; nothing was changed`,
    );
  }
  return withClickHouse(payload, deps, async (server) => {
    const alembic = await waitFor(deps, payload, payload.step, invocation, (token) =>
      new Restore(payload, deps, server).look(token),
    );
    return alembic === undefined
      ? { status: 'running', alembic: null }
      : { status: 'done', alembic };
  });
}

class Restore {
  private readonly backups: Backups;

  constructor(
    private readonly payload: RestoreClickHousePayload,
    private readonly deps: RestoreDeps,
    private readonly server: ClickHouse,
  ) {
    this.backups = new Backups(server, payload.place);
  }

  /** The revision that is there when everything is back. */
  async look(token: Token): Promise<string | undefined> {
    const attempt = await this.current();
    if (attempt.state === 'restored') return await this.conclude(attempt);
    const status = attempt.state === 'wanted' ? undefined : await this.backups.status(attempt.id);
    switch (status?.status) {
      case undefined:
        if (attempt.state === 'begun') {
          throw await this.failed(
            attempt,
            'the server does not know of it any more: it was started anew',
          );
        }
        await token.renew();
        await this.begin(attempt, token);
        return undefined;
      case 'RESTORING':
        return undefined;
      case 'RESTORED':
        return await this.conclude(attempt);
      default:
        throw await this.failed(attempt, `it ended ${status!.status}: ${status!.error}`);
    }
  }

  private async begin(attempt: RestoreAttempt, token: Token): Promise<void> {
    const { backupId, alembic } = this.payload;
    await noWriters(this.deps.writing);
    if (!attempt.dropped) {
      const read = await this.readBackup();
      const { revision } = read;
      if (revision !== alembic) {
        throw await this.failed(
          attempt,
          `the backup has revision ${revision} of the migrations; expected is ${alembic}. Nothing was dropped`,
        );
      }
      const lack = lackOf(read, await wantedIn(this.server, this.deps.ledger, backupId));
      if (lack !== undefined) throw await this.failed(attempt, `${lack}. Nothing was dropped`);
    }
    // Before the first drop of every attempt: a server that was started anew may have another limit.
    const large = await tooLargeToDrop(this.server);
    if (large.length > 0) throw await this.failed(attempt, large.map(tooLargeText).join('; '));
    const dropping = { ...attempt, dropped: true };
    await this.set(dropping, 'dropping');
    const { databases } = this.server.ref;
    // Readers before what they read: dictionaries and views are in the first two.
    for (const database of [
      databases.reporting,
      databases.eventSink,
      databases.xapi,
      databases.openedx,
    ]) {
      await token.renew();
      await this.server.change('drop-database', { ids: { database } });
    }
    await token.renew();
    try {
      await this.backups.restore(backupId, attempt.id);
    } catch (error) {
      // After a passing fault or a lost answer the next round finds what this call has begun.
      if (!(error instanceof ClickHouseStatementError)) throw error;
      const { status = '' } = (await this.backups.status(attempt.id)) ?? {};
      if (/^(RESTORING|RESTORED)$/.test(status)) return;
      throw await this.failed(dropping, `it could not be begun: ${(error as Error).message}`);
    }
    await this.set(dropping, 'begun');
  }

  private async readBackup(): Promise<BackupContents> {
    const { backupId, runId } = this.payload;
    const { ledger } = this.deps;
    const out = await leftOutOf(ledger, backupId);
    try {
      return await this.backups.read(backupId, { ledger, runId }, out);
    } catch (error) {
      if (!(error instanceof ClickHouseStatementError)) throw error;
      return { revision: `nobody knows (${(error as Error).message})`, relations: [], leftOut: [] };
    }
  }

  private async conclude(attempt: RestoreAttempt): Promise<string> {
    const { backupId, alembic } = this.payload;
    const now = (await readInstalled(this.server)).alembic;
    // Later states change what is there: it is compared once.
    if (attempt.state === 'restored' && now === alembic) return now;
    const { ledger } = this.deps;
    const lack = await lackAfter(this.server, ledger, backupId);
    await check(this.deps, this.payload.runId, {
      name: 'restore of ClickHouse',
      expected: `${backupId} RESTORED, revision ${alembic}, with every relation of the backup`,
      actual: `RESTORED, revision ${now}, ${lack ?? 'every relation is there'}`,
      ok: now === alembic && lack === undefined,
    });
    if (now !== alembic) throw await this.failed(attempt, `revision is ${now} after it`);
    if (lack !== undefined) throw await this.failed(attempt, lack);
    await this.lookForRows(attempt);
    await this.set(attempt, 'restored');
    return now;
  }

  /** Nobody can say whether a table without rows is right: a second restore that brings none either is believed. */
  private async lookForRows(attempt: RestoreAttempt): Promise<void> {
    const { backupId, runId } = this.payload;
    const empty = await emptyAfter(this.server, this.deps.ledger, backupId);
    await check(this.deps, runId, {
      name: 'rows after the restore of ClickHouse',
      expected: 'some in every raw table that had rows when the backup was proven',
      actual: empty.length === 0 ? 'some in each' : `none in ${empty.join(', ')}`,
      ok: empty.length === 0,
    });
    if (empty.every((table) => attempt.empty?.includes(table))) return;
    throw await this.failed(
      { ...attempt, empty },
      `these have no rows: ${empty.join(', ')}. Where the backup has none of them (they came in after it was taken, or have ` +
        'expired since) redrive as it is: when the next restore brings none either, it counts, and the report says so. ' +
        'Otherwise bring the backup back to where it was, complete',
    );
  }

  private async current(): Promise<RestoreAttempt> {
    const { runId, step } = this.payload;
    const { ledger, clock } = this.deps;
    const last = await ledger.get<RestoreAttempt>(this.key);
    if (last && last.state !== 'failed') return last;
    const number = (last?.number ?? 0) + 1;
    const next: RestoreAttempt = {
      ...{ number, id: `runbook-${runId}-${step}-${number}`, state: 'wanted' },
      dropped: last?.dropped ?? false,
      empty: last?.empty ?? [],
      at: iso(clock.now()),
    };
    await ledger.put(this.key, next, last ? { number: last.number, state: 'failed' } : 'absent');
    return (await ledger.get<RestoreAttempt>(this.key))!;
  }

  private get key() {
    return runKey(this.payload.runId, `restore#${this.payload.step}`);
  }

  private async set(attempt: RestoreAttempt, state: RestoreAttempt['state']): Promise<void> {
    await this.deps.ledger.put(this.key, { ...attempt, state, at: iso(this.deps.clock.now()) });
  }

  private async failed(attempt: RestoreAttempt, why: string): Promise<ClickHouseBackupError> {
    await this.set(attempt, 'failed');
    return new ClickHouseBackupError(
      `restore ${attempt.id} of ${this.payload.backupId} did not end well: ${why}. The backup itself is untouched. Keep ` +
        'writers stopped, repair the cause, then redrive: the next attempt begins anew',
    );
  }
}

// The waiting task that makes one backup of ClickHouse for its run and reads it back. Its id is known before the call:
// a backup whose answer was lost is found by it and adopted.

import { check } from '../shared/aspects/checks';
import { noWriters } from '../shared/aspects/host/writers';
import {
  keepContents,
  lackOf,
  rawRows,
  relationsThere,
} from '../shared/aspects/server/backup-contents';
import { type BackupStatus, Backups } from '../shared/aspects/server/backups';
import { readInstalled } from '../shared/aspects/server/state';
import { type ClickHouse, type ClickHouseDeps, withClickHouse } from '../shared/clickhouse/server';
import { CLICKHOUSE, codeOf } from '../shared/clickhouse/trouble';
import { iso } from '../shared/clock';
import { ClickHouseBackupError, ClickHouseStatementError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import { type WaitDeps, waitFor } from '../shared/waiting';
import type { Token } from '../shared/worker-token';
import type { BackUpClickHousePayload, BackUpClickHouseResult } from './payload';

export interface BackUpDeps extends WaitDeps, ClickHouseDeps {
  /** Services that write into ClickHouse now. */
  writing(): Promise<readonly string[]>;
}

/** The ledger's item about the latest attempt. */
interface BackupAttempt {
  readonly number: number;
  readonly id: string;
  readonly state: 'wanted' | 'begun' | 'verified' | 'failed';
  /** Bytes on disk when it was begun. */
  readonly expected: number;
  readonly bytes: number;
  /** Rows of the raw tables before it was begun. @default - an earlier release has begun it */
  readonly rows?: Readonly<Record<string, number>>;
  readonly at: string;
}

const attemptKey = (runId: string, step: string) => runKey(runId, `backup#${step}`);

/** What may be missing of what was on disk: merges and expired rows while it is made. */
const LEAST = 0.5;

export async function backUpClickHouse(
  payload: BackUpClickHousePayload,
  deps: BackUpDeps,
  invocation: Invocation,
): Promise<BackUpClickHouseResult> {
  return withClickHouse(payload, deps, async (server) => {
    const made = await waitFor(deps, payload, payload.step, invocation, (token) =>
      new Backup(payload, deps, server).look(token),
    );
    if (!made) return { status: 'running', backupId: null, bytes: 0 };
    return { status: 'done', backupId: made.id, bytes: made.bytes };
  });
}

class Backup {
  private readonly backups: Backups;

  constructor(
    private readonly payload: BackUpClickHousePayload,
    private readonly deps: BackUpDeps,
    private readonly server: ClickHouse,
  ) {
    this.backups = new Backups(server, payload.place);
  }

  /** The attempt when it is made and was read back. */
  async look(token: Token): Promise<BackupAttempt | undefined> {
    const attempt = await this.current();
    if (attempt.state === 'verified') return attempt;
    const status = await this.backups.status(attempt.id);
    if (!status) {
      if (attempt.state === 'begun') {
        throw await this.failed(
          attempt,
          'the server does not know of it any more: it was started anew, and nobody can say whether it is whole',
        );
      }
      await token.renew();
      await this.begin(attempt);
      return undefined;
    }
    switch (status.status) {
      case 'CREATING_BACKUP':
        return undefined;
      case 'BACKUP_CREATED':
        await token.renew();
        return await this.verify(attempt, status);
      default:
        // BACKUP_FAILED, BACKUP_CANCELLED, and whatever a later release adds.
        throw await this.failed(attempt, `it ended ${status.status}: ${status.error}`);
    }
  }

  /** The attempt to work on: what shall be made is written down before it is asked for. */
  private async current(): Promise<BackupAttempt> {
    const { runId, step } = this.payload;
    const { ledger, clock } = this.deps;
    const key = attemptKey(runId, step);
    const last = await ledger.get<BackupAttempt>(key);
    if (last && last.state !== 'failed') return last;
    const number = (last?.number ?? 0) + 1;
    const id = `runbook-${runId}-${step}-${number}`;
    const sizes = await this.server.rows('sizes');
    const expected = sizes.reduce((sum, { bytes }) => sum + Number(bytes), 0);
    const next: BackupAttempt = {
      ...{ number, id, state: 'wanted', expected, bytes: 0 },
      rows: await rawRows(this.server),
      at: iso(clock.now()),
    };
    await ledger.put(key, next, last ? { number: last.number, state: 'failed' } : 'absent');
    // A refused write may be our own whose answer was lost: what is there counts.
    return (await ledger.get<BackupAttempt>(key))!;
  }

  private async begin(attempt: BackupAttempt): Promise<void> {
    await noWriters(this.deps.writing);
    try {
      await this.backups.begin(attempt.id);
    } catch (error) {
      // After a passing fault or a lost answer the next round finds what this call has begun.
      if (!(error instanceof ClickHouseStatementError)) throw error;
      const { status = '' } = (await this.backups.status(attempt.id)) ?? {};
      if (/^(CREATING_BACKUP|BACKUP_CREATED)$/.test(status)) return;
      // One of this id or place is there: an earlier call took effect, and the server has begun anew since.
      const there = codeOf(error) === CLICKHOUSE.backupExists;
      throw await this.failed(
        attempt,
        there
          ? 'there is one of this name that the server does not know of'
          : `it could not be begun: ${(error as Error).message}`,
      );
    }
    await this.set(attempt, { state: 'begun' });
  }

  private async verify(attempt: BackupAttempt, status: BackupStatus): Promise<BackupAttempt> {
    const { alembic } = await readInstalled(this.server);
    const wanted = await relationsThere(this.server);
    const who = { ledger: this.deps.ledger, runId: this.payload.runId };
    const read = await this.backups.read(attempt.id, who).catch((error: Error) => {
      if (!(error instanceof ClickHouseStatementError)) throw error;
      return { revision: `unreadable: ${error.message}`, relations: wanted, leftOut: [] };
    });
    const { revision } = read;
    const lack = lackOf(read, wanted);
    const enough = status.bytes >= attempt.expected * LEAST;
    const whole = enough && lack === undefined;
    const ok = status.error === '' && status.files > 0 && whole && revision === alembic;
    await check(this.deps, this.payload.runId, {
      name: 'backup of ClickHouse',
      expected: `${attempt.id} BACKUP_CREATED of about ${attempt.expected} bytes, revision ${alembic} read back, with ${wanted.length} relations`,
      actual: `${status.status}, ${status.files} files, ${status.bytes} bytes, revision ${revision}, ${lack ?? `${read.relations.length} relations`}`,
      ok,
    });
    if (ok) {
      await keepContents(this.deps.ledger, attempt.id, {
        relations: wanted,
        leftOut: read.leftOut,
        rows: await this.rowsInIt(attempt),
      });
      return await this.set(attempt, { state: 'verified', bytes: status.bytes });
    }
    throw await this.failed(
      attempt,
      `it has ${status.files} files and ${status.bytes} bytes of about ${attempt.expected}, and the revision read back is ${revision} (there: ${alembic})${lack ? `; ${lack}` : ''}`,
    );
  }

  /** The LMS writes while it is made: only a table that had rows before and after has them in it. */
  private async rowsInIt({ rows = {} }: BackupAttempt): Promise<Readonly<Record<string, number>>> {
    const now = await rawRows(this.server);
    return Object.fromEntries(
      Object.entries(rows).map(([name, before]) => [name, Math.min(before, now[name] ?? 0)]),
    );
  }

  private async set(
    attempt: BackupAttempt,
    change: Partial<BackupAttempt>,
  ): Promise<BackupAttempt> {
    const { runId, step } = this.payload;
    const next = { ...attempt, ...change, at: iso(this.deps.clock.now()) };
    await this.deps.ledger.put(attemptKey(runId, step), next);
    return next;
  }

  private async failed(attempt: BackupAttempt, why: string): Promise<ClickHouseBackupError> {
    await this.set(attempt, { state: 'failed' });
    return new ClickHouseBackupError(
      `backup ${attempt.id} of ClickHouse is of no use: ${why}. Nothing was changed. Look at where the server may write ` +
        '(backups.allowed_disk, or its role for the bucket), then redrive: the next attempt makes another',
    );
  }
}

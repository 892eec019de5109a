// One try at a batch: how its statement is named, started once, and found again after a death.
//
//   intent (ledger) -> submit with the client token -> id (ledger) -> follow -> judge
//
// A death at any arrow leaves an intent or an id; `settle` finds out what became of it, in the
// order: same token (8 h), the service's list (24 h), the warehouse's query history (7 days).

import { createHash } from 'node:crypto';
import type { Row, StatementEnd } from '../shared/data-api';
import { isTransient, TryAgainError } from '../shared/errors';
import { type ReadDeps, readNow } from '../shared/read';
import {
  asTransaction,
  ownPrefix,
  type RenderedStatement,
  type RenderedTransaction,
  renderStatement,
  type SqlSource,
  type StatementTemplate,
} from '../shared/sql';
import type { RunBatchesPayload } from './payload';
import type { Batch } from './plan';
import { timestamp } from './plan';
import type { Attempt } from './progress';

const HOUR = 3_600_000;
/** ClientToken lives 8 hours (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html); half an hour for clocks that differ. */
const TOKEN_LIFE_MS = 7.5 * HOUR;
/** The service lists statements for 24 hours. */
const LIST_LIFE_MS = 23.5 * HOUR;
/** SYS_QUERY_HISTORY keeps seven days (https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_system-tables.html). */
const HISTORY_LIFE_MS = 6.5 * 24 * HOUR;

/** A worker lives for 15 minutes at the most; a minute for clocks that differ. */
const LONGEST_WORKER_MS = 16 * 60_000;

/** What became of an attempt whose worker has died. */
export type Settled =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'never ran' }
  /** Only the query history knows it. */
  | { readonly kind: 'history'; readonly end: StatementEnd }
  /** Nobody knows it any more: what it left behind must decide. */
  | { readonly kind: 'unknown' };

export interface AttemptDeps extends ReadDeps {
  sqlText(source: SqlSource): string;
}

/** Identity of an attempt: the same everywhere, so that it can be found again. */
export class StatementIdentity {
  private readonly path: readonly string[];

  constructor(
    payload: Pick<RunBatchesPayload, 'runId' | 'step' | 'item'>,
    readonly batch: Batch,
    call: number,
    attempt: number,
  ) {
    const item = payload.item?.key ?? '-';
    this.path = [payload.runId, payload.step, item, `${batch.label}.${call}`, String(attempt)];
  }

  get runId(): string {
    return this.path[0]!;
  }

  /** Statement name; the closing sign keeps attempt 1 from matching attempt 10 in a prefix search. */
  get name(): string {
    return `ur:${this.path.join(':')};`;
  }

  get token(): string {
    return createHash('sha256').update(this.path.join('\n')).digest('hex');
  }

  get comment(): string {
    return `/* ${this.path.join(' ')} */`;
  }

  /** Sort key of the attempt's record in the ledger. */
  get recordKey(): string {
    const [, step, item, call, attempt] = this.path;
    return `batch#${step}#${item}#${call}#${attempt!.padStart(4, '0')}`;
  }

  /** The comment opens every statement of a transaction: the history has no other tie between them. */
  render(sqlText: AttemptDeps['sqlText']): RenderedStatement | RenderedTransaction {
    const { statement } = this.batch;
    const one = ({ sql, ...values }: StatementTemplate) =>
      renderStatement(sqlText(sql), values, this.path, values.query && sqlText(values.query.sql));
    return 'transaction' in statement
      ? asTransaction(statement.transaction.map(one))
      : one(statement);
  }

  /** Name of a statement of the transaction, by its number from 1. */
  nameOf(part: number): string | undefined {
    const { statement } = this.batch;
    return 'transaction' in statement ? statement.transaction[part - 1]?.name : undefined;
  }

  /** The attempt's own prefix under a folder, as its statement was told. */
  prefixUnder(folder: string): string {
    return ownPrefix(folder, this.path);
  }
}

/**
 * Submits, again and again with the same token while the service is busy, for at most `forMs`.
 *
 * @returns undefined when the time is over
 */
export async function submit(
  deps: AttemptDeps,
  identity: StatementIdentity,
  forMs: () => number,
): Promise<{ id: string; running: boolean } | undefined> {
  const statement = identity.render(deps.sqlText);
  while (forMs() > 0) {
    try {
      const { id, state } = await deps.api.submit(statement, identity.name, identity.token, 1);
      return { id, running: state === 'running' };
    } catch (error) {
      if (!isTransient(error)) throw error;
      await deps.clock.sleep(5_000);
    }
  }
  return undefined;
}

/** Finds out what became of an attempt. Never starts a second statement on a guess. */
export async function settle(
  deps: AttemptDeps,
  identity: StatementIdentity,
  attempt: Attempt,
  readOnly: boolean,
  forMs: () => number,
): Promise<Settled> {
  const age = deps.clock.now() - attempt.intentAt;
  if (attempt.statementId === undefined && age < TOKEN_LIFE_MS) {
    const submitted = await submit(deps, identity, forMs);
    if (!submitted)
      throw new TryAgainError(`${identity.name} could not be submitted: the service is busy`);
    return { kind: 'id', id: submitted.id };
  }
  if (readOnly) return { kind: 'never ran' };
  if (attempt.statementId === undefined && age < LIST_LIFE_MS) {
    const ids = await deps.api.find(identity.name);
    if (ids !== 'denied') return ids[0] ? { kind: 'id', id: ids[0] } : { kind: 'never ran' };
  }
  const found = await history(deps, identity, attempt);
  if (found) return { kind: 'history', end: found };
  const covered = attempt.statementId === undefined && age < HISTORY_LIFE_MS;
  return covered && (await historyWorks(deps, identity))
    ? { kind: 'never ran' }
    : { kind: 'unknown' };
}

/**
 * Settles an attempt in order to stop it: nothing is submitted that was not, unless a worker that may
 * still be alive could submit it in this moment.
 */
export async function settleToStop(
  deps: AttemptDeps,
  identity: StatementIdentity,
  attempt: Attempt,
  forMs: () => number,
): Promise<Settled> {
  const ids = await deps.api.find(identity.name);
  if (ids !== 'denied' && ids[0]) return { kind: 'id', id: ids[0] };
  const age = deps.clock.now() - attempt.intentAt;
  if (ids !== 'denied' && age > LONGEST_WORKER_MS && age < LIST_LIFE_MS)
    return { kind: 'never ran' };
  return settle(deps, identity, attempt, false, forMs);
}

/**
 * "Not in the history" means "never ran" only where the history shows what certainly ran: a reading
 * with a comment of its own must be found by it.
 */
async function historyWorks(deps: AttemptDeps, identity: StatementIdentity): Promise<boolean> {
  const path = [identity.runId, 'probe', String(deps.clock.now())];
  const find = (comment: string, own: readonly string[]) =>
    readNow(
      deps,
      renderStatement(
        deps.sqlText({ file: 'redshift/find-statement' }),
        { parameters: { comment, since: timestamp(deps.clock.now() - HOUR) } },
        own,
      ),
      identity.runId,
      'probe',
    );
  await find('/* nobody */', path);
  for (const wait of [0, 5_000, 25_000]) {
    await deps.clock.sleep(wait);
    const rows = await find(`/* ${path.join(' ')} */`, [identity.runId, 'look']);
    if (rows.length > 0) return true;
  }
  return false;
}

/** The attempt in the warehouse's query history, by the comment that opens its text. */
export async function history(
  deps: AttemptDeps,
  identity: StatementIdentity,
  attempt: Attempt,
): Promise<StatementEnd | undefined> {
  const statement = renderStatement(
    deps.sqlText({ file: 'redshift/find-statement' }),
    { parameters: { comment: identity.comment, since: timestamp(attempt.intentAt - HOUR) } },
    ['history'],
  );
  const rows = await readNow(deps, statement, identity.runId, 'history');
  const row = identity.nameOf(1) === undefined ? rows[0] : tellingRow(rows);
  if (!row) return undefined;
  return {
    state: historyState(String(row.status).trim()),
    error: row.error_message === null ? undefined : String(row.error_message).trim(),
    seconds: Number(row.elapsed_time ?? 0) / 1e6,
  };
}

/**
 * The row that tells how a transaction stands. When all that is there went well it may still not have
 * been committed: the mark decides.
 */
const tellingRow = (rows: readonly Row[]): Row | undefined =>
  (['running', 'failed', 'aborted'] as const)
    .map((state) => rows.find(({ status }) => historyState(String(status).trim()) === state))
    .find((row) => row !== undefined) ?? rows[0];

function historyState(status: string): StatementEnd['state'] {
  if (status === 'success') return 'finished';
  if (status === 'failed') return 'failed';
  if (status === 'canceled') return 'aborted';
  return 'running';
}

// The end of a call: what its evidence says, and what the ledger is told. A failure is marked before
// it is thrown, so that the redrive starts the next attempt.

import type { StatementEnd } from '../shared/data-api';
import {
  NoProgressError,
  ProcedureFailedError,
  type RunbookError,
  StatementStoppedError,
  UndecidedStatementError,
} from '../shared/errors';
import { runKey } from '../shared/ledger';
import { recordChecks } from './checks';
import { baselineOf, errorsSince, judge, type LogBaseline } from './evidence';
import { countsDiffer, nothingUnloaded, type Unloaded, unloaded } from './files';
import type { Batch } from './plan';
import type { Attempt } from './progress';
import { EXECUTION_STOPPED, type Session } from './session';

/** How a batch ended, and what the next attempt's baseline is. */
interface Ended {
  readonly exhausted: boolean;
  readonly rows: number | undefined;
  readonly baseline?: LogBaseline;
  readonly failedChecks?: readonly string[];
  /** What a load or unload left, for its record. */
  readonly files?: Unloaded;
  /** Why it failed, when that is a warning only. */
  readonly failed?: string;
}

/** Judges a statement that is over; writes its record and the next position, or fails the step. */
export async function conclude(
  session: Session,
  batch: Batch,
  attempt: Attempt,
  end: StatementEnd | 'unknown',
) {
  const { worker, payload } = session;
  const ended = await evaluate(session, batch, attempt, end);
  if (ended === 'again') return true;
  const { call, doneBatches, rows, failedChecks } = worker.progress;
  const seconds = end === 'unknown' ? undefined : end.seconds;
  await session.record(batch, attempt, {
    ...(ended.failed === undefined
      ? { status: 'done' }
      : { status: 'failed', error: ended.failed }),
    rows: ended.rows,
    seconds,
    ...ended.files,
  });
  const repeat = payload.maxCalls !== undefined && !ended.exhausted;
  if (repeat && ended.rows === 0) {
    await fail(
      session,
      new NoProgressError(
        `${batch.title}: call ${call} reports success but moved no row; rows without an id are taken again and again`,
      ),
      batch,
    );
  }
  if (repeat && call >= payload.maxCalls!) {
    await fail(
      session,
      new NoProgressError(
        `${batch.title}: ${call} calls were not enough; look at the rows each call moved before you redrive`,
      ),
      batch,
    );
  }
  await worker.save({
    batch: worker.progress.batch + (repeat ? 0 : 1),
    call: repeat ? call + 1 : 1,
    attempt: undefined,
    baseline: ended.baseline,
    doneBatches: doneBatches + 1,
    rows: rows + (ended.rows ?? 0),
    failedChecks: [...failedChecks, ...(ended.failedChecks ?? [])],
    ...(ended.files ? { manifest: ended.files.manifest } : {}),
  });
  return true;
}

async function evaluate(
  session: Session,
  batch: Batch,
  attempt: Attempt,
  end: StatementEnd | 'unknown',
): Promise<Ended | 'again'> {
  const { evidence } = session.payload;
  const rows = await session.logOf(attempt);
  const state = end === 'unknown' ? 'unknown' : end.state;
  if (state === 'unknown' && session.payload.readOnly) return again(session, attempt);
  if (state === 'finished' && evidence.kind === 'status')
    return { exhausted: true, rows: undefined };
  if (state === 'finished' && evidence.kind === 'checks') {
    // Results live for 24 hours: a check whose result has expired is read anew.
    const result = await session.rowsOf(attempt);
    if (!result) return again(session, attempt);
    const failedChecks = await recordChecks(session, result);
    return { exhausted: true, rows: undefined, failedChecks };
  }
  if (evidence.kind === 'log' && (state === 'finished' || state === 'unknown')) {
    const verdict = judge(evidence, attempt.baseline!, rows);
    if (verdict.kind === 'finished' || verdict.kind === 'exhausted') {
      return {
        exhausted: verdict.kind === 'exhausted',
        rows: verdict.rows,
        baseline: baselineOf(rows),
      };
    }
    if (verdict.kind === 'failed') {
      const message = `${batch.title}: the procedure logged: ${verdict.message}`;
      return fail(session, new ProcedureFailedError(message), batch);
    }
    if (state === 'finished') {
      const message = `${batch.title}: the statement finished, but the procedure logged no end: it was cancelled or has swallowed an error`;
      return fail(session, new ProcedureFailedError(message), batch);
    }
  }
  if (evidence.kind === 'unload' && (state === 'finished' || state === 'unknown')) {
    const files = await unloaded(session, batch, attempt, evidence.folder);
    if (files) return { exhausted: true, rows: files.rows, files };
    // Whatever it left lies under its own prefix, which nobody reads: the next attempt has another.
    if (state === 'unknown') return again(session, attempt);
    const none = await nothingUnloaded(session, batch, attempt, evidence.folder);
    if (none) return { exhausted: true, rows: 0, files: none };
    const message = `${batch.title}: the UNLOAD finished, but left no manifest that counts its rows under ${session.identity(batch, attempt.number).prefixUnder(evidence.folder)}`;
    return fail(session, new ProcedureFailedError(message), batch);
  }
  if (evidence.kind === 'copy' && (state === 'finished' || state === 'unknown')) {
    const rows = await session.countRows(evidence);
    if (rows === evidence.rows) return { exhausted: true, rows };
    if (state === 'finished') return fail(session, countsDiffer(batch, evidence, rows), batch);
  }
  if (evidence.kind === 'mark') {
    const rows = await session.markOf(evidence);
    if (rows !== undefined) return { exhausted: true, rows };
    // Were it still to come, it and the next could not both be committed: each makes the mark.
    if (state === 'unknown') return again(session, attempt);
    if (state === 'finished') {
      const message = `${batch.title}: the transaction finished, but its mark ${evidence.schema}.${evidence.table} is not there: it was not committed`;
      return fail(session, new ProcedureFailedError(message), batch);
    }
  }
  if (end === 'unknown') {
    if (warningOf(session) !== undefined) return again(session, attempt);
    return fail(session, undecided(session, batch, attempt), batch);
  }
  // Stopped with its execution and not because of itself: this is the redrive, so start anew.
  if (attempt.stopReason === EXECUTION_STOPPED) {
    await session.record(batch, attempt, { status: 'stopped', seconds: end.seconds });
    return again(session, attempt);
  }
  const logged = attempt.baseline && errorsSince(attempt.baseline, rows)[0]?.message;
  const refused = evidence.kind === 'copy' ? await session.refusedRows(batch, attempt) : [];
  const said = [logged ?? end.error ?? 'no reason given', ...refused].join('; ');
  const reason = [attempt.stopReason, said].filter(Boolean);
  const identity = session.identity(batch, attempt.number);
  const id = attempt.statementId ?? identity.comment;
  const name = end.part === undefined ? undefined : identity.nameOf(end.part);
  const what = name === undefined ? `statement ${id}` : `${name}, part ${end.part} of ${id},`;
  const message = `${batch.title}: ${what} ended ${state}: ${reason.join(': ')}`;
  const warning = warningOf(session);
  if (warning === undefined) return fail(session, new StatementStoppedError(message), batch);
  await note(session, batch, `${message}. ${warning}`);
  return { exhausted: true, rows: undefined, failed: message };
}

const warningOf = ({ payload: { evidence } }: Session): string | undefined =>
  evidence.kind === 'status' ? evidence.warning : undefined;

/** What went wrong without stopping the run, for its report. */
async function note({ deps, payload }: Session, batch: Batch, text: string): Promise<void> {
  const { runId, step, item } = payload;
  const own = item === undefined ? text : `${item.key}: ${text}`;
  await deps.ledger.put(runKey(runId, `note#${step}#${item?.key ?? '-'}#${batch.label}`), {
    text: own,
  });
}

/** The attempt is over without fault of its own: the next one starts in this very invocation. */
async function again({ worker }: Session, attempt: Attempt): Promise<'again'> {
  await worker.save({ attempt: { ...attempt, state: 'failed' }, baseline: undefined });
  return 'again';
}

function undecided(session: Session, batch: Batch, attempt: Attempt): UndecidedStatementError {
  return new UndecidedStatementError(
    `nothing tells whether ${session.identity(batch, attempt.number).comment} did its work: its token, its place in the ` +
      'list of statements and the query history have expired, and its log says nothing. Look at the tables, then give ' +
      'this run up with the release machine and start a new execution',
  );
}

/** Marks the attempt and the step failed, then throws: the redrive reads the mark and starts the next attempt. */
export async function fail(session: Session, error: RunbookError, batch?: Batch): Promise<never> {
  const { worker, payload } = session;
  const { attempt } = worker.progress;
  if (batch && attempt) {
    await session.record(batch, attempt, { status: 'failed', error: error.message });
  }
  // An undecided attempt stays as it is: only a person can say that it is over.
  const undecided = error instanceof UndecidedStatementError;
  await worker.save({
    ...(attempt && !undecided ? { attempt: { ...attempt, state: 'failed' as const } } : {}),
    baseline: undefined,
    failure: {
      error: error.name,
      message: error.message,
      selfArn: payload.selfArn,
      redriveCount: payload.redriveCount,
    },
  });
  throw error;
}

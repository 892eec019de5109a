// What the log table says about a call. Reads nothing itself: rows in, verdict out.

import type { Row } from '../shared/data-api';
import type { Evidence } from './payload';

/** The log before a statement: rows since then that are not among `ids` come from the statement. */
export interface LogBaseline {
  /** Warehouse time, whole seconds: log tables are stamped by GETDATE(), which has no fraction. */
  readonly since: string;
  /** Ids of rows stamped in that very second, written by calls before. */
  readonly ids: readonly string[];
}

export interface LogRow {
  readonly id: string;
  readonly level: string;
  readonly message: string;
  readonly loggedAt: string;
}

export type Verdict =
  | { readonly kind: 'finished' | 'exhausted'; readonly rows: number | undefined }
  | { readonly kind: 'failed'; readonly message: string }
  /** No end row: the call did not come to its end. */
  | { readonly kind: 'silent' };

type LogEvidence = Extract<Evidence, { kind: 'log' }>;

/** Rows of the log query, without the clock row; ids are compared as text, they may pass 2^53. */
export function logRows(rows: readonly Row[]): LogRow[] {
  return rows
    .filter((row) => row.level !== 'clock')
    .map((row) => ({
      id: String(row.id),
      level: String(row.level),
      // A message concatenated with a NULL is NULL: the level still counts.
      message: row.message === null ? '(no message)' : String(row.message),
      loggedAt: String(row.logged_at),
    }));
}

/** The baseline for the next statement, from the rows just read. */
export function baselineOf(rows: readonly Row[]): LogBaseline {
  const clock = rows.find((row) => row.level === 'clock');
  if (!clock) throw new Error('the log query returned no clock row');
  const since = String(clock.logged_at);
  const ids = logRows(rows)
    .filter((row) => row.loggedAt >= since)
    .map((row) => row.id);
  return { since, ids };
}

/** Rows a statement wrote: those since its baseline that were not there before. */
function ownRows(baseline: LogBaseline, rows: readonly Row[]): LogRow[] {
  return logRows(rows).filter(
    (row) => row.loggedAt >= baseline.since && !baseline.ids.includes(row.id),
  );
}

/** Lines that are kept for whoever watches, and characters of a message. */
const LINES = 5;
const CHARACTERS = 300;

/** A line of the log as the ledger keeps it. */
export type LogLine = Omit<LogRow, 'id'>;

/** The last lines of a statement, oldest first. */
export const lastLines = (baseline: LogBaseline, rows: readonly Row[]): LogLine[] =>
  ownRows(baseline, rows)
    .slice(-LINES)
    .map(({ level, message, loggedAt }) => {
      return { level, message: message.slice(0, CHARACTERS), loggedAt };
    });

/** Error rows of a statement so far; a running procedure that loops over an error adds more and more. */
export function errorsSince(baseline: LogBaseline, rows: readonly Row[]): LogRow[] {
  return ownRows(baseline, rows).filter((row) => row.level === 'error');
}

/**
 * What a call that is over did. An error row is a failure whatever else was logged; without an end
 * row nothing is proven, because a cancelled call writes none.
 */
export function judge(evidence: LogEvidence, baseline: LogBaseline, rows: readonly Row[]): Verdict {
  const [error] = errorsSince(baseline, rows);
  if (error) return { kind: 'failed', message: error.message };
  const own = ownRows(baseline, rows);
  const says = (starts: readonly string[]) =>
    own.some((row) => starts.some((start) => row.message.startsWith(start)));
  const moved = movedRows(evidence, own);
  if (says(evidence.exhausted)) return { kind: 'exhausted', rows: moved };
  if (says(evidence.finished)) return { kind: 'finished', rows: moved };
  return { kind: 'silent' };
}

function movedRows(evidence: LogEvidence, rows: readonly LogRow[]): number | undefined {
  if (evidence.rows === undefined) return undefined;
  const pattern = new RegExp(evidence.rows);
  const counts = rows.map((row) => pattern.exec(row.message)?.[1]).filter((n) => n !== undefined);
  return counts.length === 0 ? undefined : counts.reduce((sum, n) => sum + Number(n), 0);
}

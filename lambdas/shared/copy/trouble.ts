// What an error of MySQL means to a copy: try the chunk again, look again, or stop and say why.

import { randomInt } from 'node:crypto';
import { MySqlStatementError, MySqlUnreachableError, RunbookError, TryAgainError } from '../errors';

/** Tries of one chunk, and the pauses between them in milliseconds. */
export const MOST_TRIES = 10;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

/** https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html */
const BUSY = new Set([1205, 1213]);
/** Too many connections, shutdown, gone, lost, read only after a failover, killed. */
const LOST = new Set([1040, 1053, 1290, 1836, 1927, 2006, 2013, 4031]);
const BROKEN = /^(PROTOCOL_CONNECTION_LOST|PROTOCOL_SEQUENCE_TIMEOUT|ECONN|EPIPE|ETIMEDOUT)/;
const DUPLICATE = 1062;
/** The server has ended a statement that read for too long: MySQL's number, and MariaDB's. */
const SLOW = new Set([3024, 1969]);
/** Errors whose text names tables, columns and rights, and never a value. */
const HARMLESS =
  /DENIED|NO_SUCH|UNKNOWN|BAD_FIELD|BAD_DB|READ_ONLY|FILE_FULL|DISK_FULL|REFERENCED|PACKET|NOT_ALLOWED|BINLOG|PREVENTS/;

/** The source is not what it was when the chunk was planned. */
export class ChangedMeanwhile extends Error {}

interface Failure {
  readonly code?: string;
  readonly errno?: number;
  readonly message: string;
}

/** `busy`: the connection is as good as before; `lost`: a new one is needed; undefined: it stops the copy. */
export function passing(error: unknown): 'busy' | 'lost' | undefined {
  if (error instanceof ChangedMeanwhile) return 'busy';
  if (error instanceof MySqlUnreachableError) return 'lost';
  if (error instanceof RunbookError) return undefined;
  const { code = '', errno = 0, message } = error as Failure;
  if (BUSY.has(errno) || SLOW.has(errno)) return 'busy';
  if (LOST.has(errno) || BROKEN.test(code)) return 'lost';
  return /closed state|connection is closed/i.test(message) ? 'lost' : undefined;
}

/** A chunk of so many rows takes longer than a statement may: the next try needs fewer. */
export const isTooSlow = (error: unknown): boolean => {
  const { code, errno = 0 } = error as Failure;
  return SLOW.has(errno) || code === 'PROTOCOL_SEQUENCE_TIMEOUT';
};

export const isDuplicate = (error: unknown): boolean => (error as Failure).errno === DUPLICATE;

export const isMissingTable = (error: unknown): boolean =>
  [1109, 1146, 1051].includes((error as Failure).errno ?? 0);

/** The privilege for a look at the server's load is missing. */
export const isDenied = (error: unknown): boolean =>
  [1044, 1142, 1227, 3530].includes((error as Failure).errno ?? 0);

export const isSyntax = (error: unknown): boolean => (error as Failure).errno === 1064;

/** Pause before a try, from 1; up to a quarter more, so that two who met do not meet again. */
export function backoffMs(tried: number): number {
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tried - 1));
  return pause + randomInt(Math.ceil(pause / 4));
}

/** An error that MySQL gave for a statement, without its text: that may quote what learners wrote. */
export function stopped(error: unknown, what: string): Error {
  const { errno, code = '', message } = error as Failure;
  if (error instanceof RunbookError || !errno) return error as Error;
  const column = /for column [^\s]*?(\w+)[`']? at row/.exec(message)?.[1];
  const key = /for key '([\w.]+)'/.exec(message)?.[1];
  const where = column ? ` (column ${column})` : key ? ` (key ${key})` : '';
  const said = HARMLESS.test(code) ? `: ${message}` : '';
  return new MySqlStatementError(
    `MySQL refused ${what} with ${errno} ${code}${where}${said}. The chunk was rolled back and the chunks before ` +
      'it stay. Repair the cause, then redrive: the copy goes on there',
  );
}

/** The tries are used up; the state tries again later, and then a redrive may. */
export function gaveUp(error: unknown, what: string): RunbookError {
  if (error instanceof RunbookError) return error;
  if (error instanceof ChangedMeanwhile) {
    return new TryAgainError(
      `${what} did not come to rest in ${MOST_TRIES} tries: ${error.message}`,
    );
  }
  const { code = '', errno = '' } = error as Failure;
  return new TryAgainError(
    `${what} did not get through in ${MOST_TRIES} tries: ${errno} ${code}. What is verified stays`,
  );
}

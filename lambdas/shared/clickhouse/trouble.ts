// What a failed call means, in the words of whoever has to repair it.

import {
  ClickHouseCredentialsError,
  ClickHouseStatementError,
  ClickHouseTlsError,
  ClickHouseUnreachableError,
  type RunbookError,
  TryAgainError,
} from '../errors';

/** Codes of ClickHouse that are asked for by name here. */
export const CLICKHOUSE = {
  unknownTable: 60,
  unknownDatabase: 81,
  readonly: 164,
  backupExists: 598,
} as const;

/**
 * Codes after which the same call may simply be made again: timeouts, too many queries, a query that was
 * killed, network and Keeper.
 * https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
 */
const PASSING = [159, 202, 209, 210, 216, 225, 236, 242, 319, 394, 425, 999];
/** WRONG_PASSWORD, UNKNOWN_USER, REQUIRED_PASSWORD, AUTHENTICATION_FAILED. */
const LOGIN = [192, 193, 194, 516];

/** What ClickHouse said of a statement it refused; 0: it did not. */
export function codeOf(error: unknown): number {
  const { code, cause, message } = (error ?? {}) as Partial<
    Record<'code' | 'cause' | 'message', unknown>
  >;
  if (/^\d+$/.test(String(code ?? ''))) return Number(code);
  // The client reads codes out of the text, and does not know every form of it.
  const said = /^\s*Code: (\d+)\. DB::Exception/.exec(String(message ?? ''))?.[1];
  if (said !== undefined) return Number(said);
  return cause === undefined ? 0 : codeOf(cause);
}

/** Names a failure of one call. */
export function troubleOf(error: unknown, what: string, url: string, user: string): RunbookError {
  const { code: name = '', message = String(error) } = error as { code?: string; message?: string };
  const code = codeOf(error);
  const cause = { cause: error };
  const host = new URL(url).host;
  if (LOGIN.includes(code)) {
    return new ClickHouseCredentialsError(
      `ClickHouse at ${host} does not let ${user} in (code ${code}). Nothing was changed. Look at username ` +
        'and password in the secret; then redrive',
      cause,
    );
  }
  if (PASSING.includes(code)) {
    return new TryAgainError(`${what} broke off: code ${code}: ${brief(message)}`, cause);
  }
  if (code > 0) {
    return new ClickHouseStatementError(
      `ClickHouse refused ${what}: code ${code}: ${brief(message)}. Repair that, then redrive`,
      cause,
    );
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_|SSL|TLS/.test(name)) {
    return new ClickHouseTlsError(
      `the connection to ClickHouse at ${host} cannot be encrypted: ${name} ${message}. Nothing was changed. ` +
        'Name the server by what its certificate is for, or its authority by caSecretArn; then redrive',
      cause,
    );
  }
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(name)) {
    return new ClickHouseUnreachableError(
      `ClickHouse at ${host} cannot be reached (${name}). Nothing was changed by this call. Its container must ` +
        'run and publish its HTTP port, the subnets of the task need a route to the host, and its security group ' +
        'must let the security groups of the task in; then redrive',
      cause,
    );
  }
  return new TryAgainError(`${what} broke off: ${name} ${brief(message)}`, cause);
}

/** Without the stack trace, and without the query that some messages repeat. */
const brief = (message: string): string =>
  message
    .replace(/Stack trace.*$/s, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 600);

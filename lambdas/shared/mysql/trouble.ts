// What a failed connection means, in the words of whoever has to repair it.

import {
  MySqlCredentialsError,
  MySqlTlsError,
  MySqlUnreachableError,
  type RunbookError,
} from '../errors';

interface Failure {
  readonly code?: string;
  readonly errno?: number;
  readonly message: string;
}

/** How long to wait for a connection; a route that is missing is silent. */
export const CONNECT_MS = 3_000;

/** Names a failure to connect; undefined when it says nothing about the way in. */
export function connectTrouble(
  error: unknown,
  where: string,
  user: string,
): RunbookError | undefined {
  const { code = '', message } = error as Failure;
  if (
    /^(ER_ACCESS_DENIED_ERROR|ER_ACCESS_DENIED_NO_PASSWORD_ERROR|ER_DBACCESS_DENIED_ERROR)$/.test(
      code,
    )
  ) {
    return new MySqlCredentialsError(
      `MySQL at ${where} does not let ${user} in: ${message}. Nothing was changed. Look at the secret's ` +
        'username and password, or, with a token of IAM, at rds-db:connect and the plugin ' +
        'AWSAuthenticationPlugin of the user; then redrive',
    );
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_|SSL|TLS|HANDSHAKE_NO_SSL/.test(code)) {
    return new MySqlTlsError(
      `the connection to MySQL at ${where} cannot be encrypted: ${code} ${message}. Nothing was changed. Name ` +
        'the cluster by the endpoint its certificate is for; then redrive',
    );
  }
  const silent = /^(ETIMEDOUT|PROTOCOL_SEQUENCE_TIMEOUT)$/.test(code);
  if (silent || /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code)) {
    return new MySqlUnreachableError(
      `MySQL at ${where} ${silent ? `does not answer within ${CONNECT_MS / 1000} s` : `cannot be reached (${code})`}. ` +
        'Nothing was changed. The subnets of the task need a route to the cluster, its security group must let ' +
        'the security groups of the task in, and the VPC must know the name; then redrive',
    );
  }
  return undefined;
}

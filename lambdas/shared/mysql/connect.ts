// A task's way to MySQL: its secret or its role, then the connection.

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { fromEnv } from '@aws-sdk/credential-providers';
import type { Connection } from 'mysql2/promise';
import { perRegion } from '../clients';
import { systemClock } from '../clock';
import { loginFor, type MySqlRef, openMySql } from './index';

const secrets = perRegion((settings) => new SecretsManagerClient(settings));

/**
 * Opens a connection as the secret or the task's role says; the secret is read each time, because it rotates.
 *
 * @param at another server with the same users, whatever host the secret names
 * @throws MySqlUnreachableError, MySqlCredentialsError, MySqlTlsError
 */
export async function connectMySql(
  ref: MySqlRef,
  at?: { readonly host: string; readonly port: number },
): Promise<Connection> {
  const login = await loginFor(
    {
      async secret(arn, region) {
        const answer = await secrets(region).send(new GetSecretValueCommand({ SecretId: arn }));
        return answer.SecretString;
      },
      credentials: fromEnv(),
      now: systemClock.now,
    },
    { ...ref, ...at },
  );
  return await openMySql({ ...login, ...at });
}

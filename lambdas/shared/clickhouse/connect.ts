// A task's way to ClickHouse: its secret, then a client that speaks HTTP.

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createClient } from '@clickhouse/client';
import { perRegion } from '../clients';
import { type ClickHouseLogin, loginFor, type ReadSecret } from './login';
import type { ClickHouseRef } from './ref';
import type { ClickHouseDeps } from './server';

const secrets = perRegion((settings) => new SecretsManagerClient(settings));

/** Counting a large table is the longest of what is asked; a backup is asked for and then followed. */
const LONGEST_MS = 600_000;

/** A secret's region is in its ARN. */
const readSecret: ReadSecret = async (arn) => {
  const region = arn.split(':')[3]!;
  return (await secrets(region).send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
};

/** Makes a client; no connection is opened before the first call. */
export function clientFor({ url, username, password, ca }: ClickHouseLogin) {
  return createClient({
    url,
    username,
    password,
    application: 'upgrade-runbooks',
    request_timeout: LONGEST_MS,
    max_open_connections: 4,
    // A socket that a frozen function kept would be dead when it wakes up.
    keep_alive: { enabled: false },
    // The client's own log would show statements.
    log: { level: 127 },
    ...(ca !== undefined && { tls: { ca_cert: Buffer.from(ca) } }),
  });
}

/** Reads the secret each time, because it rotates. */
export const connectClickHouse: ClickHouseDeps['connect'] = async (ref: ClickHouseRef) => {
  const login = await loginFor(ref, readSecret);
  return { client: clientFor(login), login };
};

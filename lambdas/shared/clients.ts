// Clients are made once a container and kept; those for another role or region by their target.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SFNClient } from '@aws-sdk/client-sfn';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { DataApi, type WarehouseTarget } from './data-api';
import { readEnv } from './env';
import { Ledger } from './ledger';

const retries = { maxAttempts: 4 };
/**
 * The Data API takes three cancellations and three listings a second. Many items that are stopped or
 * redriven at once ask for more, and must be through within the minute a stop may take:
 * https://docs.aws.amazon.com/redshift/latest/mgmt/amazon-redshift-limits.html
 */
const patient = { maxAttempts: 12, retryMode: 'adaptive' };

let dynamo: DynamoDBClient | undefined;
let sfn: SFNClient | undefined;
const warehouses = new Map<string, RedshiftDataClient>();

/** The stack's ledger; needs LEDGER_TABLE. */
export function ledgerFromEnv(): Ledger {
  dynamo ??= new DynamoDBClient(retries);
  return new Ledger(dynamo, readEnv('LEDGER_TABLE').LEDGER_TABLE);
}

export function sfnClient(): SFNClient {
  sfn ??= new SFNClient(retries);
  return sfn;
}

/**
 * The Data API as the target's role: its session is renewed before it expires, also in the middle
 * of a long wait, because the client asks the provider before every call.
 */
export function dataApiFor(target: WarehouseTarget): DataApi {
  const key = `${target.roleArn ?? ''} ${target.region ?? ''}`;
  let client = warehouses.get(key);
  if (!client) {
    client = new RedshiftDataClient({
      ...patient,
      region: target.region,
      credentials: target.roleArn
        ? fromTemporaryCredentials({
            params: {
              RoleArn: target.roleArn,
              RoleSessionName: 'upgrade-runbooks',
              DurationSeconds: 3600,
            },
          })
        : undefined,
    });
    warehouses.set(key, client);
  }
  return new DataApi(client, target);
}

/** Clients of a service that is asked in the region of what is asked about: one a region. */
export function perRegion<C>(
  make: (settings: { readonly region: string; readonly maxAttempts: number }) => C,
): (region: string) => C {
  const clients = new Map<string, C>();
  return (region) => {
    const client = clients.get(region) ?? make({ ...retries, region });
    clients.set(region, client);
    return client;
  };
}

import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ledgerTable } from '../../cli/inside';
import type { Cloud } from '../../rehearsal/cloud';

/** All that the ledger of a stack holds. */
export async function ledgerOf(cloud: Cloud, stack: string): Promise<unknown[]> {
  const { endpointUrl, region, operatorCredentials: credentials } = cloud;
  const client = new DynamoDBClient({ endpoint: endpointUrl, region, credentials });
  const { Items = [] } = await client.send(
    new ScanCommand({ TableName: ledgerTable(cloud, stack) }),
  );
  client.destroy();
  return Items;
}

// The few things an operator of AWS would look up elsewhere, asked of the rehearsal's cloud itself.

import type { RunningCloud } from '../rehearsal/cloud';
import { UsageError } from './errors';

/** Physical name of the only resource of a type whose logical id contains a word. */
function resource(cloud: RunningCloud, stack: string, type: string, word: string): string {
  const found = cloud.resources.find(
    (r) => r.stack === stack && r.type === type && r.logicalId.includes(word),
  );
  if (found) return found.physicalId;
  throw new UsageError(`stack ${stack} has no ${type} called ${word}: is it a runbook's stack?`);
}

export const ledgerTable = (cloud: RunningCloud, stack: string): string =>
  resource(cloud, stack, 'AWS::DynamoDB::Table', 'Ledger');

export const reportBucket = (cloud: RunningCloud, stack: string): string =>
  resource(cloud, stack, 'AWS::S3::Bucket', 'Reports');

/** The first column of a query's first row, on the warehouse, on a cluster of MySQL or in ClickHouse. */
export async function ask(cloud: RunningCloud, sql: string, cluster?: string): Promise<unknown> {
  const [row] = await cloud.query(sql, cluster);
  return row === undefined ? undefined : Object.values(row)[0];
}

// On a cluster an object that one node does not have any more may still be on another.

import type { DeprecatedObject } from '../shared/aspects/server/deprecated';
import type { ClickHouse } from '../shared/clickhouse/server';

/** On how many nodes it is; 0 where there is no cluster. */
export async function stillOn(
  server: ClickHouse,
  { database, name }: DeprecatedObject,
): Promise<number> {
  const { cluster } = server.ref;
  if (cluster === null) return 0;
  const literals = { cluster: { kind: 'cluster', value: cluster } } as const;
  const rows = await server.rows('relations-of-nodes', { literals });
  const row = rows.find((one) => one.database === database && one.name === name);
  return Number(row?.nodes ?? 0);
}

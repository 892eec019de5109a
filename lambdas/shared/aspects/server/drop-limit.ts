// Tables that ClickHouse refuses to drop: the way back drops all of them, a removal some.

import type { ClickHouse } from '../../clickhouse/server';

/** A table above the limit, in bytes. */
export interface TooLarge {
  /** Name of the database, not its role. */
  readonly database: string;
  readonly name: string;
  readonly bytes: number;
  /** `max_table_size_to_drop` of the server's configuration. */
  readonly limit: number;
}

/** Tables of the four databases above the server's limit; none where it has no limit (0). */
export async function tooLargeToDrop(server: ClickHouse): Promise<readonly TooLarge[]> {
  const limit = Number((await server.row('server')).drop_limit ?? 0);
  if (limit === 0) return [];
  const sizes = await server.rows('sizes');
  return sizes.flatMap(({ database, name, bytes }) =>
    Number(bytes) > limit
      ? [{ database: String(database), name: String(name), bytes: Number(bytes), limit }]
      : [],
  );
}

/** A finding about one. */
export const tooLargeText = ({ database, name, bytes, limit }: TooLarge): string =>
  `${database}.${name} has ${bytes} bytes and max_table_size_to_drop is ${limit}: ClickHouse would refuse to drop it ` +
  "(code 359). Raise max_table_size_to_drop in the server's configuration (0 is no limit)";

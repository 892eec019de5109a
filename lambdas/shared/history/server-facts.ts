// What a server says of itself.

import { codeOf, type Table } from './table';

export interface ServerFacts {
  /** `10.6.14-MariaDB`, `8.0.36` */
  readonly version: string;
  readonly mariaDb: boolean;
  /** Null: it writes no binary log. */
  readonly binlogFormat: string | null;
  readonly isolation: string;
  readonly readOnly: boolean;
  /** Rights may be taken from single databases, and in a GRANT no character stands for others. */
  readonly partialRevokes: boolean;
  /** Bytes of the longest statement. */
  readonly maxPacket: number;
}

export async function serverFacts(table: Table): Promise<ServerFacts> {
  const rows = await table.rows('variables');
  const all = new Map(rows.map((row) => [String(row.Variable_name), String(row.Value)]));
  const value = (name: string) => all.get(name) ?? '';
  const version = value('version');
  const on = (name: string) => /^(ON|1)$/i.test(value(name));
  return {
    version,
    mariaDb: /mariadb/i.test(`${version} ${value('version_comment')}`),
    binlogFormat: on('log_bin') ? value('binlog_format') || 'ROW' : null,
    isolation: value('transaction_isolation') || value('tx_isolation'),
    readOnly: on('read_only') || on('innodb_read_only'),
    partialRevokes: on('partial_revokes'),
    maxPacket: Number(value('max_allowed_packet')) || 4_194_304,
  };
}

const DENIED = /ACCESS_?DENIED/;

/**
 * Whether a server follows another one, and may be behind it; `unknown` where the user may not ask.
 */
export async function isReplica(table: Table): Promise<boolean | 'unknown'> {
  for (const file of ['replica-status', 'slave-status']) {
    try {
      return (await table.rows(file)).length > 0;
    } catch (error) {
      if (DENIED.test(codeOf(error))) return 'unknown';
      // Older and newer servers have one word for it each.
      if (!/PARSE_ERROR|SYNTAX/.test(codeOf(error))) throw error;
    }
  }
  return 'unknown';
}

/**
 * The set a new database gets. An index on 255 characters of four bytes is too long for older servers:
 * https://dev.mysql.com/doc/refman/5.7/en/innodb-limits.html
 */
export function newSet(
  { version, mariaDb }: ServerFacts,
  source: { readonly characterSet: string; readonly collation: string },
): { readonly characterSet: string; readonly collation: string } {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const old = mariaDb ? major === 10 && minor < 2 : major < 5 || (major === 5 && minor < 7);
  return old ? source : { characterSet: 'utf8mb4', collation: 'utf8mb4_unicode_ci' };
}

/**
 * Whether the target's user may read the old table, as statements must that copy within one server. Who
 * may not has the rows travel through the task.
 */
export async function readsSource(source: Table, target: Table): Promise<boolean> {
  const { database, table } = source.place;
  const read = target.at(database, table);
  try {
    await read.row('sizes', { from: 0n, rows: 1 });
    return true;
  } catch (error) {
    if (DENIED.test(codeOf(error))) return false;
    throw error;
  } finally {
    await read.close();
  }
}

/** Both connections lead to one server: a name held by the one is seen by the other. */
export async function sameServer(source: Table, target: Table, lock: string): Promise<boolean> {
  const { id } = await source.row('take-lock', { lock });
  // Another server may have a session of that number which holds that name for another reason.
  const { id: holder } = await target.row('lock-holder', { lock });
  return holder !== null && String(holder) === String(id);
}

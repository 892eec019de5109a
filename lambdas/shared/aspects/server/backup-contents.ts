// Which relations a backup must have: those that were there when it was taken. They are kept under its own id, so
// that the way back, which is another run, asks for the same.

import type { ClickHouse } from '../../clickhouse/server';
import type { Ledger, LedgerKey } from '../../ledger';
import { databaseOf, RAW } from '../relations';
import { type BackupContents, namesOf } from './backups';

/** The ledger's item about what a backup must have. */
interface KeptContents {
  readonly relations: readonly string[];
  /** What reached out of the four databases. @default - an older release has not looked */
  readonly leftOut?: readonly string[];
  /**
   * Rows of the raw tables, duplicates included, as far as they are known to be in it.
   *
   * @default - an older release has not counted
   */
  readonly rows?: Readonly<Record<string, number>>;
}

/** Raw tables by the server's names. */
const rawTables = ({ ref }: ClickHouse): readonly string[] =>
  (Object.keys(RAW) as (keyof typeof RAW)[]).flatMap((role) =>
    RAW[role].map((name) => `${databaseOf(role, ref.databases)}.${name}`),
  );

/** Rows of the raw tables that are there now. */
export async function rawRows(server: ClickHouse): Promise<Readonly<Record<string, number>>> {
  const raw = rawTables(server);
  const rows = (await server.rows('sizes')).map(
    (one) => [`${one.database}.${one.name}`, Number(one.rows)] as const,
  );
  return Object.fromEntries(rows.filter(([name]) => raw.includes(name)));
}

const keyOf = (backupId: string): LedgerKey => ({ pk: `backup#${backupId}`, sk: 'relations' });

/** What is there now, by the server's names. */
export const relationsThere = async (server: ClickHouse): Promise<readonly string[]> =>
  namesOf(await server.rows('relations'));

/** Keeps what a backup that was just proven has. */
export const keepContents = (
  ledger: Ledger,
  backupId: string,
  contents: KeptContents,
): Promise<boolean> => ledger.put(keyOf(backupId), contents);

/** What was not copied when it was proven, and is not to be copied later either. */
export const leftOutOf = async (ledger: Ledger, backupId: string): Promise<readonly string[]> =>
  (await ledger.get<KeptContents>(keyOf(backupId)))?.leftOut ?? [];

/**
 * What a backup must have: what was kept when it was proven. Of one that an older release has proven nothing is
 * kept: then the raw tables that are there now, which nothing makes again.
 */
export async function wantedIn(
  server: ClickHouse,
  ledger: Ledger,
  backupId: string,
): Promise<readonly string[]> {
  const kept = await ledger.get<KeptContents>(keyOf(backupId));
  if (kept) return kept.relations;
  const raw = rawTables(server);
  return (await relationsThere(server)).filter((name) => raw.includes(name));
}

/** Relations in a message; the rest is counted. */
const NAMED = 10;

/** What it lacks, for a message; undefined: nothing. */
export function lackOf(
  { relations, leftOut = [] }: Partial<BackupContents> & Pick<BackupContents, 'relations'>,
  wanted: readonly string[],
): string | undefined {
  const has = new Set([...relations, ...leftOut]);
  const missing = wanted.filter((name) => !has.has(name));
  if (missing.length === 0) return undefined;
  const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : '';
  return `it lacks ${missing.length} of ${wanted.length} relations: ${missing.slice(0, NAMED).join(', ')}${more}`;
}

/** Relations a restore has not brought back, for a message; undefined: none. */
export const lackAfter = async (
  server: ClickHouse,
  ledger: Ledger,
  backupId: string,
): Promise<string | undefined> =>
  lackOf({ relations: await relationsThere(server) }, await wantedIn(server, ledger, backupId));

/**
 * Raw tables that had rows when the backup was proven, and have none after its restore; each with their number. It
 * may be right: rows may have come in between a backup of people and its proof, and expire before it is restored.
 */
export async function emptyAfter(
  server: ClickHouse,
  ledger: Ledger,
  backupId: string,
): Promise<readonly string[]> {
  const kept = (await ledger.get<KeptContents>(keyOf(backupId)))?.rows ?? {};
  const now = await rawRows(server);
  return Object.entries(kept)
    .filter(([name, rows]) => rows > 0 && !now[name])
    .map(([name, rows]) => `${name} (had ${rows})`);
}

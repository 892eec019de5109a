// What is wrong, with what is allowed and what to do; everything at once.

import { sourceFindings, type TableShape, targetFindings } from '../shared/history/ddl';
import type { Ends } from '../shared/history/ends';
import { granted, mayGrant } from '../shared/history/grants';
import { overlapFinding } from '../shared/history/overlap';
import { COPY_PRIVILEGES, grantsOf } from '../shared/history/rights';
import type { ServerFacts } from '../shared/history/server-facts';
import { standing } from '../shared/history/standing';
import { codeOf, type Table } from '../shared/history/table';
import type { HistoryDeps } from '../shared/history/work';
import type { Left, Rate, Sizes } from './figures';
import type { DiscoverHistoryPayload } from './payload';

/** All that was looked at. */
export interface Seen {
  readonly source: Table;
  readonly target: Table;
  readonly admin: Table | undefined;
  readonly old: TableShape;
  readonly made: TableShape | null;
  readonly databaseIsThere: boolean;
  readonly from: ServerFacts;
  readonly to: ServerFacts;
  /** Whether the server of the old table is a replica. */
  readonly follows: boolean | 'unknown';
  /** Both tables are on one server. */
  readonly same: boolean;
  /** And rows can be copied within it: the target's user may read the old table. */
  readonly direct: boolean;
  readonly ends: Ends;
  readonly rate: Rate;
  readonly left: Left;
  readonly sizes: Sizes;
  readonly about: { readonly rows: number; readonly bytes: number };
  /** Undefined: there is no limit, or nobody said which instance to look at. */
  readonly freeGiB?: number | undefined;
  /** Why free storage could not be asked for. */
  readonly storage?: string;
  readonly collation: string;
}

const GIB = 1_073_741_824;

/** The new table needs what the old one has, and room for the binary log of the copy. */
const ROOM = 1.3;

export async function findingsOf(
  seen: Seen,
  payload: DiscoverHistoryPayload,
  deps: HistoryDeps,
): Promise<string[]> {
  const { old, made } = seen;
  return [
    ...sourceFindings(old),
    ...(made ? targetFindings(old, made) : []),
    ...serverFindings(seen),
    ...(await planFindings(seen)),
    ...(await rightFindings(seen, payload)),
    ...(made ? await idFindings(seen, payload, deps) : []),
  ];
}

function serverFindings(seen: Seen): string[] {
  const { from, to, same, source, target, sizes, about, freeGiB, storage } = seen;
  const found: string[] = storage === undefined ? [] : [storage];
  const logs = same ? [from] : [from, to];
  if (logs.some(({ binlogFormat }) => binlogFormat === 'STATEMENT')) {
    found.push(
      'binlog_format is STATEMENT; allowed are ROW and MIXED, because the copy works in READ COMMITTED: set it in the parameter group',
    );
  }
  if ((from.readOnly && !same) || seen.follows === true) {
    found.push(
      `${source.place.host} is ${from.readOnly ? 'read only' : 'a replica of another server'}, and what it has not got yet would never be copied; ` +
        'allowed is the writer of the old table: name its endpoint in the configuration',
    );
  }
  if (to.readOnly) {
    found.push(
      `${target.place.host} is read only; allowed is the writer of the cluster: name its endpoint in the configuration`,
    );
  }
  if (sizes.largest > to.maxPacket / 2) {
    found.push(
      `a row of ${source.name} has ${sizes.largest} bytes of state, and max_allowed_packet of ${target.place.host} is ${to.maxPacket}; ` +
        `allowed is at least twice the largest row: set it to ${2 ** Math.ceil(Math.log2(sizes.largest * 2 + 1))}`,
    );
  }
  const needed = (ROOM * about.bytes) / GIB;
  if (freeGiB !== undefined && freeGiB < needed) {
    found.push(
      `${target.place.host} has ${freeGiB.toFixed(1)} GiB free; allowed is at least ${needed.toFixed(1)} GiB, which is ${ROOM} times the old table: give it more storage`,
    );
  }
  return found;
}

/** A chunk must be found by the primary key. */
async function planFindings({ source, ends, old }: Seen): Promise<string[]> {
  // Without that key the finding is another one.
  if (ends.min === null || ends.max === null || !old.indexes.PRIMARY) return [];
  const plan = await source.row('explain-window', { from: ends.min, to: ends.max });
  if (plan.key === 'PRIMARY') return [];
  return [
    `rows of ${source.name} would be found by ${plan.key ?? 'a scan of the whole table'}; allowed is PRIMARY: see that (id) is its primary key`,
  ];
}

async function rightFindings(
  { target, admin, databaseIsThere }: Seen,
  { runtimeUser, migrateUser }: DiscoverHistoryPayload,
): Promise<string[]> {
  const { database, table } = target.place;
  if (!admin) {
    if (!databaseIsThere) return [];
    const { missing, roles } = granted(await grantsOf(target), database, null, COPY_PRIVILEGES);
    const own = granted(await grantsOf(target), database, table, COPY_PRIVILEGES);
    if (roles || missing.length === 0 || own.missing.length === 0) return [];
    const who = String((await target.row('who')).user);
    return [`${who} lacks ${missing.join(', ')} on ${database}.*: grant them`];
  }
  const lines = await grantsOf(admin);
  const found: string[] = [];
  const { missing, roles } = granted(lines, database, null, ['CREATE']);
  if (!roles && (missing.length > 0 || !mayGrant(lines, database))) {
    found.push(
      `the administrator may not create ${database} and hand on rights on it; allowed is one with CREATE and GRANT OPTION, or none (adminSecretArn left out), and a person does it`,
    );
  }
  for (const user of [runtimeUser, migrateUser]) {
    if (!(await isUser(admin, user))) {
      found.push(
        `there is no user ${user}@% on the target's server: create it with the password of the application's settings`,
      );
    }
  }
  return found;
}

async function isUser(admin: Table, user: string): Promise<boolean> {
  try {
    await grantsOf(admin, user);
    return true;
  } catch (error) {
    if (/ER_NONEXISTING_GRANT/.test(codeOf(error))) return false;
    throw error;
  }
}

async function idFindings(
  { source, target, made }: Seen,
  { runId }: DiscoverHistoryPayload,
  { ledger }: HistoryDeps,
): Promise<string[]> {
  if (!made?.indexes.PRIMARY) return [];
  const { verdict } = await standing(source, target, ledger, runId);
  return [overlapFinding(verdict, source.name, target.name)].flatMap((one) => one ?? []);
}

// Looks at everything in ClickHouse that an upgrade relies on, and says everything that is wrong at once. It
// changes nothing and throws none of its findings: the state that asks the host too puts all of them together.

import { allowList, REBUILT_EVENTS, roleName, roleOf } from '../../shared/aspects/relations';
import type { BackupPlace } from '../../shared/aspects/server/backups';
import { type Catalogue, readCatalogue } from '../../shared/aspects/server/catalogue';
import {
  type TooLarge,
  tooLargeText,
  tooLargeToDrop,
} from '../../shared/aspects/server/drop-limit';
import { exposure } from '../../shared/aspects/server/exposure';
import { type InstalledModel, readInstalled } from '../../shared/aspects/server/state';
import type { ClickHouseCaller } from '../../shared/clickhouse/ref';
import type { ClickHouse, ClickHouseDeps, Row } from '../../shared/clickhouse/server';
import { withClickHouse } from '../../shared/clickhouse/server';
import { codeOf } from '../../shared/clickhouse/trouble';
import { modelFindings, modelNotes } from './model';
import { leftOvers, relationNotes } from './relation-notes';
import { roomFindings } from './room';
import type { ClickHouseSeen, ReleasePair } from './seen';

/** Active parts of a partition at which upstream alarms. */
const PART_LIMIT = 300;

/** Figures that findings are made of. */
export interface Seen {
  readonly server: ClickHouse;
  readonly catalogue: Catalogue;
  readonly installed: InstalledModel;
  /** Bytes by `database.name`. */
  readonly sizes: ReadonlyMap<string, number>;
}

export async function lookAtClickHouse(
  payload: ClickHouseCaller & ReleasePair,
  deps: ClickHouseDeps,
): Promise<ClickHouseSeen> {
  return withClickHouse(payload, deps, async (server) => {
    const sizes = await server.rows('sizes');
    const seen: Seen = {
      server,
      catalogue: await readCatalogue(server),
      installed: await readInstalled(server),
      sizes: new Map(sizes.map((row) => [`${row.database}.${row.name}`, Number(row.bytes)])),
    };
    const large = await largeTables(seen, payload);
    const leftOver = leftOvers(seen);
    const room = await roomFindings(seen);
    const exposed = await exposure(server, seen.catalogue);
    const last = await lastEvent(server);
    return {
      findings: [
        ...modelFindings(seen, payload),
        ...room.findings,
        ...large.findings,
        ...leftOver,
        ...(await placeFindings(server, payload.place)),
        ...(await workFindings(server)),
        ...(await clusterFindings(server)),
        ...exposed.findings,
      ],
      notes: [
        ...modelNotes(seen, payload),
        ...(await relationNotes(seen, payload)),
        ...large.notes,
        ...exposed.notes,
      ],
      serverVersion: String((await server.row('server')).version),
      events: last.rows,
      freeBytes: room.free,
      neededBytes: room.needed,
      lastEmission: last.at,
    };
  });
}

async function lastEvent(server: ClickHouse): Promise<{ rows: number; at: string | null }> {
  const { rows, last } = await server.row('last-event');
  const events = Number(rows ?? 0);
  const at = events > 0 ? new Date(Number(last) * 1000).toISOString() : null;
  return { rows: events, at };
}

/**
 * A table that is too large cannot be swapped or dropped: code 359. What the upgrade does not touch stands in the
 * way back only, which drops everything.
 */
async function largeTables(
  { server }: Seen,
  { target }: ReleasePair,
): Promise<{ readonly findings: readonly string[]; readonly notes: readonly string[] }> {
  const dropped = allowList(target.dbt).map(roleName);
  const swapped = REBUILT_EVENTS.map((name) => `xapi.${name}`);
  const touched = ({ database, name }: TooLarge) => {
    const role = roleOf(database, server.ref.databases);
    return (
      role !== undefined && [...swapped, ...dropped].includes(roleName({ database: role, name }))
    );
  };
  const large = await tooLargeToDrop(server);
  const later = large.filter((one) => !touched(one));
  return {
    findings: large.filter(touched).map(tooLargeText),
    notes: later.map((one) => `a way back would have to drop it: ${tooLargeText(one)}`),
  };
}

/** A disk that the server does not have; whether it lets backups go there it tells nobody. */
async function placeFindings(
  server: ClickHouse,
  place: BackupPlace | undefined,
): Promise<string[]> {
  if (!place || !('disk' in place)) return [];
  const { disk } = place;
  if ((await server.rows('disk-named', { parameters: { disk } })).length > 0) return [];
  return [
    `ClickHouse has no disk ${disk}, to which backups are to go (clickhouse.backupTo): add it, and to backups.allowed_disk too, by the patch clickhouse-server-config`,
  ];
}

async function workFindings(server: ClickHouse): Promise<string[]> {
  const mutations = await server.rows('mutations');
  const parts = await server.rows('part-pressure', { parameters: { limit: PART_LIMIT } });
  const running = await server.rows('running');
  return [
    ...mutations.map(
      ({ database, name, open, reason }) =>
        `${database}.${name} has ${open} mutation(s) that are not done${reason ? ` (${reason})` : ''}: wait for them, or kill them`,
    ),
    ...parts.map(
      ({ database, name, partition, parts: count }) =>
        `partition ${partition} of ${database}.${name} has ${count} active parts; allowed are ${PART_LIMIT}: let merges catch up first`,
    ),
    ...running.map(
      ({ user, seconds, node }) =>
        `${node ? `dbt works on ${node}` : 'a statement on the data model runs'} as ${user} for ${seconds} s: two at once would exchange the same tables; wait until it is over`,
    ),
  ];
}

async function clusterFindings(server: ClickHouse): Promise<string[]> {
  const { cluster } = server.ref;
  if (cluster === null) return [];
  const stuck = await server.rows('replication');
  const queued = await orText(server.rows('ddl-queue', { parameters: { cluster } }));
  if (typeof queued === 'string') {
    return [`the DDL queue of cluster ${cluster} cannot be read: ${queued}`];
  }
  return [
    ...stuck.map(
      ({ database, name, queued: entries, behind, read_only }) =>
        `replica of ${database}.${name} is ${Number(read_only) ? 'read only' : `${behind} s behind with ${entries} entries`}: let it catch up`,
    ),
    ...queued.map(
      ({ host, status, statement }) =>
        `a statement for all nodes is ${status} on ${host}: ${statement}`,
    ),
  ];
}

/** A server's refusal is one finding among others. */
async function orText(reading: Promise<readonly Row[]>): Promise<readonly Row[] | string> {
  try {
    return await reading;
  } catch (error) {
    if (codeOf(error) === 0) throw error;
    return (error as Error).message;
  }
}

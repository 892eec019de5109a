// Looks at everything in ClickHouse that an upgrade relies on, and says everything that is wrong at once. It
// changes nothing and throws none of its findings: the state that asks the host too puts all of them together.

import { allowList, roleName } from '../shared/aspects/relations';
import { type Catalogue, readCatalogue } from '../shared/aspects/server/catalogue';
import { exposure } from '../shared/aspects/server/exposure';
import { type InstalledModel, readInstalled } from '../shared/aspects/server/state';
import type { ClickHouse, ClickHouseDeps, Row } from '../shared/clickhouse/server';
import { withClickHouse } from '../shared/clickhouse/server';
import { codeOf } from '../shared/clickhouse/trouble';
import { modelFindings, modelNotes } from './model';
import type { PreflightAspectsPayload, PreflightAspectsResult } from './payload';
import { relationNotes } from './relation-notes';
import { roomFindings } from './room';

/** Active parts of a partition at which upstream alarms. */
const PART_LIMIT = 300;

/** Figures that findings are made of. */
export interface Seen {
  readonly server: ClickHouse;
  readonly catalogue: Catalogue;
  readonly installed: InstalledModel;
  /** Bytes by `database.name`. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly dropLimit: number;
}

export async function preflightAspects(
  payload: PreflightAspectsPayload,
  deps: ClickHouseDeps,
): Promise<PreflightAspectsResult> {
  return withClickHouse(payload, deps, async (server) => {
    const about = await server.row('server');
    const sizes = await server.rows('sizes');
    const seen: Seen = {
      server,
      catalogue: await readCatalogue(server),
      installed: await readInstalled(server),
      sizes: new Map(sizes.map((row) => [`${row.database}.${row.name}`, Number(row.bytes)])),
      dropLimit: Number(about.drop_limit ?? 0),
    };
    const room = await roomFindings(seen);
    const exposed = await exposure(server, seen.catalogue);
    const last = await lastEvent(server);
    const { alembic, generation, manifest } = seen.installed;
    return {
      findings: [
        ...modelFindings(seen, payload),
        ...room.findings,
        ...tooLarge(seen, payload),
        ...(await workFindings(server)),
        ...(await clusterFindings(server)),
        ...exposed.findings,
      ],
      notes: [
        ...modelNotes(seen, payload),
        ...(await relationNotes(seen, payload)),
        ...exposed.notes,
      ],
      serverVersion: String(about.version),
      model: { alembic, generation, manifest, dbtVersion: versionOf(seen, payload) },
      events: last.rows,
      freeBytes: room.free,
      neededBytes: room.needed,
      cluster: server.ref.cluster,
      lastEmission: last.at,
      exposedRows: exposed.rows,
    };
  });
}

/** The installed plugin's models where the manifest does not contradict them. */
function versionOf({ installed }: Seen, payload: PreflightAspectsPayload): string | null {
  return installed.generation === null ? null : payload.installed.dbt;
}

async function lastEvent(server: ClickHouse): Promise<{ rows: number; at: string | null }> {
  const { rows, last } = await server.row('last-event');
  const events = Number(rows ?? 0);
  const at = events > 0 ? new Date(Number(last) * 1000).toISOString() : null;
  return { rows: events, at };
}

/** A table that is too large cannot be swapped or dropped: code 359. */
function tooLarge(
  { catalogue, sizes, dropLimit }: Seen,
  { target }: PreflightAspectsPayload,
): string[] {
  if (dropLimit === 0) return [];
  const dropped = allowList(target.dbt).map(roleName);
  const swapped = ['enrollment', 'grading', 'navigation', 'problem'].map(
    (name) => `xapi.${name}_events`,
  );
  return [...new Set([...swapped, ...dropped])].flatMap((name) => {
    const found = catalogue.get(name);
    const bytes = found ? (sizes.get(`${found.database}.${found.name}`) ?? 0) : 0;
    if (bytes <= dropLimit) return [];
    return [
      `${name} has ${bytes} bytes and max_table_size_to_drop is ${dropLimit}: ClickHouse would refuse to swap or drop it (code 359). Raise max_table_size_to_drop in the server's configuration (0 is no limit)`,
    ];
  });
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

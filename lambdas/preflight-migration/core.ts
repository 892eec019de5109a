// Looks at the warehouse before anything is changed. Every finding is reported at once.

import type { SFNClient } from '@aws-sdk/client-sfn';
import { estimate } from '../shared/clickstream/estimate';
import {
  EVENTS_PER_CHUNK,
  LEGACY_RELATIONS,
  NEW_RELATIONS,
  PROCEDURES,
  schemaOf,
  TRACE_TABLE,
} from '../shared/clickstream/migration';
import { type Clock, iso } from '../shared/clock';
import type { DataApi, Row, WarehouseTarget } from '../shared/data-api';
import { PreflightError } from '../shared/errors';
import type { Ledger } from '../shared/ledger';
import { noteWarehouse, type Read, reader } from '../shared/read';
import { ownRun } from '../shared/runs';
import type { SqlSource } from '../shared/sql';
import { planFunctions } from './functions';
import { dayAgo, loadOf, ownOf } from './load';
import type {
  FunctionPlan,
  MigrationItem,
  PreflightMigrationPayload,
  PreflightMigrationResult,
} from './payload';
import { rights } from './rights';

export interface PreflightDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly clock: Clock;
  dataApi(target: WarehouseTarget): DataApi;
  sqlText(source: SqlSource): string;
}

export async function preflightMigration(
  payload: PreflightMigrationPayload,
  deps: PreflightDeps,
): Promise<PreflightMigrationResult> {
  // A dry run has no item in the ledger: it changes nothing, not even there.
  if (!payload.dryRun) {
    await ownRun(deps.ledger, payload);
    for (const target of [payload.warehouse, payload.definer]) {
      await noteWarehouse(deps.ledger, payload.runId, target);
    }
  }
  const api = deps.dataApi(payload.warehouse);
  const read = reader(api, deps, payload);
  const findings: string[] = [];
  const warnings = await rights(api, payload.runId);
  const load = await loadOf(payload, read, deps.clock.now());
  const applications: MigrationItem[] = [];
  const skipped: string[] = [];
  const functions: FunctionPlan[] = [];
  const readAs = (target: WarehouseTarget) => reader(deps.dataApi(target), deps, payload);
  for (const appId of payload.appIds) {
    const add = (text: string) => findings.push(`application ${appId}: ${text}`);
    const planOf = async (schema: string) => {
      functions.push(await planFunctions(appId, schema, payload, read, readAs, add));
    };
    const item = await lookAt(appId, payload, read, findings, planOf, deps.clock.now());
    if (item) applications.push(item);
    else skipped.push(appId);
  }
  if (payload.days > payload.retentionDays) {
    findings.push(
      `${payload.days} days are more than the ${payload.retentionDays} days the schema keeps: the rest would be deleted again every day`,
    );
  }
  if (findings.length > 0) throw new PreflightError(findings);
  const events = applications.reduce((sum, { value }) => sum + value.events, 0);
  return {
    load,
    applications,
    skipped,
    warnings,
    functions,
    estimate: estimate(events, payload.rpu ?? undefined, payload.pricePerRpuHour ?? undefined),
  };
}

async function lookAt(
  appId: string,
  payload: PreflightMigrationPayload,
  read: Read,
  findings: string[],
  planOf: (schema: string) => Promise<void>,
  now: number,
): Promise<MigrationItem | undefined> {
  const schema = schemaOf(appId);
  const objects = await read('preflight-objects', { parameters: { schema_name: schema } });
  const names = new Map(objects.map((row) => [String(row.name), row]));
  const legacy = LEGACY_RELATIONS.filter((name) => names.has(name));
  if (legacy.length === 0 && objects.length > 0) return undefined;
  const add = (text: string) => findings.push(`application ${appId}: ${text}`);
  const [busy] = await read('preflight-running', {
    parameters: { since: dayAgo(now), own: ownOf(payload), schema_name: schema },
  });
  if (numberOf(busy, 'migrations') > 0) {
    add(
      'a migration procedure runs already; two at once write rows twice: wait for it or cancel it',
    );
  }
  const before = findings.length;
  if (objects.length === 0) {
    add(
      `schema ${schema} has no table this user can see; wait for the schema upgrade, and call as the owner`,
    );
    return empty(appId, schema);
  }
  const wanted = [
    ...LEGACY_RELATIONS,
    ...(payload.schemaReady ? [...NEW_RELATIONS, ...PROCEDURES] : []),
  ];
  const missing = wanted.filter((name) => !names.has(name));
  if (missing.length > 0) {
    add(
      `${missing.join(', ')} missing; the procedures would fail in every call: let the schema upgrade finish first`,
    );
  }
  const notMine = [...LEGACY_RELATIONS, ...NEW_RELATIONS, TRACE_TABLE].filter(
    (name) => names.has(name) && names.get(name)!.owner !== names.get(name)!.me,
  );
  if (notMine.length > 0) {
    const { owner, me } = names.get(notMine[0]!)!;
    add(
      `${notMine.join(', ')} belong to ${owner}, but this run calls as ${me}: call as the owner, or change their owner`,
    );
  }
  await planOf(schema);
  if (findings.length > before) return empty(appId, schema);
  const ids = { schema };
  if (names.has(TRACE_TABLE)) {
    const [trace] = await read('preflight-trace', { ids });
    if (numberOf(trace, 'without_data') > 0) {
      add(
        `${TRACE_TABLE} has ${trace!.without_data} unfinished row(s) without events in their span: every call would report success ` +
          "and migrate nothing. Make sure that no migration runs, then set their status to 'done'",
      );
    }
  }
  const [rows] = await read('preflight-rows', { ids, parameters: { days: payload.days } });
  if (numberOf(rows, 'without_id') > 0) {
    add(
      `${rows!.without_id} event(s) of the window have no event_id: the procedure takes them again and again; delete them or give them ids`,
    );
  }
  if (numberOf(rows, 'without_required') > 0) {
    add(
      `${rows!.without_required} event(s) of the window have no event_name, user_pseudo_id, project_id or app_info.app_id, which event_v2 requires`,
    );
  }
  if ([rows?.oldest, rows?.newest].some((text) => Number.isNaN(instantOf(text)))) {
    add(
      `events of the window reach from ${rows!.oldest} to ${rows!.newest}, which is no time of ours: correct or delete those whose event_timestamp is not in milliseconds`,
    );
    return empty(appId, schema);
  }
  return item(appId, schema, rows, payload, now);
}

const empty = (appId: string, schema: string): MigrationItem => ({
  key: appId,
  value: { schema, events: 0, oldest: null, newest: null, maxCalls: 1 },
});

function item(
  appId: string,
  schema: string,
  row: Row | undefined,
  payload: PreflightMigrationPayload,
  now: number,
): MigrationItem {
  const events = numberOf(row, 'events');
  const oldest = instantOf(row?.oldest);
  const newest = instantOf(row?.newest);
  return {
    key: appId,
    value: {
      schema,
      events,
      oldest: oldest === undefined ? null : `${iso(oldest).slice(0, 13)}:00:00Z`,
      // Clients with a wrong clock send events from the future: one more range must reach them.
      newest: newest !== undefined && newest >= now ? iso(newest + 1_000) : null,
      // One call a chunk, one that finds nothing left, and one for a clock second shared by two calls.
      maxCalls: payload.maxCallsPerWindow ?? Math.ceil(events / EVENTS_PER_CHUNK) + 3,
    },
  };
}

/** A timestamp of the warehouse; undefined without one, NaN when no calendar knows it. */
const instantOf = (text: unknown): number | undefined =>
  text ? Date.parse(`${String(text).replace(' ', 'T')}Z`) : undefined;

const numberOf = (row: Row | undefined, name: string): number => Number(row?.[name] ?? 0);

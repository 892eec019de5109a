// Lists what the clean-up would drop, and refuses when something else would go with it or stop working:
// nothing is dropped that the list at the gate does not name.

import type { SFNClient } from '@aws-sdk/client-sfn';
import {
  LEGACY_PROCEDURES,
  LEGACY_RELATIONS_ALL,
  LEGACY_TABLES,
  LEGACY_VIEWS,
} from '../shared/clickstream/legacy';
import { schemaOf, TRACE_TABLE } from '../shared/clickstream/migration';
import type { Clock } from '../shared/clock';
import type { DataApi, WarehouseTarget } from '../shared/data-api';
import { LegacyObjectsError } from '../shared/errors';
import { approvedHash, isApproved } from '../shared/gates';
import type { Ledger } from '../shared/ledger';
import { noteWarehouse, type Read, reader } from '../shared/read';
import { ownRun } from '../shared/runs';
import type { SqlSource } from '../shared/sql';
import type { LegacyItem, ReadLegacyObjectsPayload, ReadLegacyObjectsResult } from './payload';
import { questionOf } from './question';

export interface ReadLegacyDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly clock: Clock;
  dataApi(target: WarehouseTarget): DataApi;
  sqlText(source: SqlSource): string;
}

/** What is there of one application. */
export interface LegacyObjects {
  readonly schema: string;
  readonly relations: readonly string[];
  readonly procedures: readonly string[];
  /** Rows by table, as text: they may be more than a number holds. */
  readonly rows: Readonly<Record<string, string>>;
}

export async function readLegacyObjects(
  payload: ReadLegacyObjectsPayload,
  deps: ReadLegacyDeps,
): Promise<ReadLegacyObjectsResult> {
  if (!payload.dryRun) {
    await ownRun(deps.ledger, payload);
    await noteWarehouse(deps.ledger, payload.runId, payload.warehouse);
  }
  const read = reader(deps.dataApi(payload.warehouse), deps, payload);
  const findings: string[] = [];
  const found: { readonly item: LegacyItem; readonly objects: LegacyObjects }[] = [];
  for (const appId of payload.appIds) {
    const objects = await objectsOf(read, schemaOf(appId), findings);
    const { schema, relations, procedures } = objects;
    if (relations.length + procedures.length === 0) continue;
    const tables = LEGACY_TABLES.some((name) => relations.includes(name));
    found.push({ item: { key: appId, value: { schema, tables, procedures } }, objects });
  }
  if (findings.length > 0) throw new LegacyObjectsError(textOf(findings));
  const all = found.map(({ objects }) => objects);
  const hash = approvedHash(all);
  const { gate } = payload;
  const approved =
    gate !== null && (await isApproved(deps.ledger, payload, gate, { objects: hash }));
  return {
    status:
      found.length === 0 ? 'none' : gate === null ? 'found' : approved ? 'approved' : 'changed',
    applications: found.map(({ item }) => item),
    question: questionOf(all),
    hash,
  };
}

const textOf = (findings: readonly string[]): string =>
  `${findings.length} finding(s): ${findings.map((text, i) => `(${i + 1}) ${text}`).join('; ')}. Nothing was dropped. ` +
  'Drop or change what is named, when nobody needs it any more, and redrive; or end the run without cleanup.dropLegacy';

async function objectsOf(read: Read, schema: string, findings: string[]): Promise<LegacyObjects> {
  const parameters = { schema_name: schema };
  const rows = await read('preflight-objects', { parameters });
  const own = rows.filter(({ kind, name }) =>
    kind === 'relation'
      ? LEGACY_RELATIONS_ALL.includes(String(name))
      : String(name) in LEGACY_PROCEDURES,
  );
  const named = (kind: string) =>
    own.filter((row) => row.kind === kind).map(({ name }) => String(name));
  const relations = LEGACY_RELATIONS_ALL.filter((name) => named('relation').includes(name));
  const procedures = [...new Set(named('procedure'))].sort();
  const before = findings.length;
  for (const { kind, name, owner, me } of own) {
    if (owner !== me) {
      findings.push(
        `${kind === 'relation' ? 'table or view' : 'procedure'} ${schema}.${name} belongs to ${owner}, statements run as ${me}: only its owner drops it`,
      );
    }
  }
  const some = LEGACY_TABLES.some((name) => relations.includes(name));
  const missing = [...LEGACY_TABLES, ...LEGACY_VIEWS.slice(0, 1), TRACE_TABLE].filter(
    (name) => !relations.includes(name),
  );
  if (some && missing.length > 0) {
    findings.push(
      `schema ${schema} has legacy tables, but no ${missing.join(', ')}: its data cannot be compared any more, or were never migrated`,
    );
  }
  if (relations.length > 0) findings.push(...(await dependentsOf(read, schema)));
  // What is not ours may not be readable either.
  const clear = findings.length === before;
  const counts = some && clear ? await read('count-legacy-rows', { ids: { schema } }) : [];
  return {
    schema,
    relations,
    procedures,
    rows: Object.fromEntries(counts.map(({ name, row_count }) => [name, String(row_count)])),
  };
}

/** Views outside the list that need something in it. The drops are RESTRICT for those that only they see. */
async function dependentsOf(read: Read, schema: string): Promise<string[]> {
  const rows = await read('read-legacy-dependents', { parameters: { schema_name: schema } });
  const needs = new Map<string, Set<string>>();
  for (const row of rows) {
    if (row.schema_name === schema && isOurs(String(row.name))) continue;
    const view = `${row.schema_name}.${row.name}`;
    needs.set(view, (needs.get(view) ?? new Set()).add(String(row.needs)));
  }
  return [...needs].sort().map(([view, of]) => {
    const names = [...of].filter((name) => name !== 'text').sort();
    return names.length > 0
      ? `view ${view} needs ${names.map((name) => `${schema}.${name}`).join(', ')}`
      : `view ${view} names legacy tables of schema ${schema} and is bound late: it would fail when it is read`;
  });
}

/** In the list, or the table in which the warehouse keeps a materialized view of the list. */
const isOurs = (name: string): boolean =>
  LEGACY_RELATIONS_ALL.includes(name) ||
  LEGACY_VIEWS.some((v) => name.startsWith(`mv_tbl__${v}__`));

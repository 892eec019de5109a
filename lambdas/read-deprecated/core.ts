// Lists what a removal would drop, and refuses when something is not what the list says or something else would stop
// working: nothing is dropped that the question at the gate does not name.

import { comparedIn } from '../shared/aspects/proof';
import { type Kept, keptOf } from '../shared/aspects/relations';
import { readCatalogue } from '../shared/aspects/server/catalogue';
import { dependantsOf } from '../shared/aspects/server/dependants';
import {
  type Deprecated,
  type DeprecatedObject,
  deprecatedIn,
} from '../shared/aspects/server/deprecated';
import { tooLargeText, tooLargeToDrop } from '../shared/aspects/server/drop-limit';
import { exposure } from '../shared/aspects/server/exposure';
import { modelNames, readInstalled } from '../shared/aspects/server/state';
import { type ClickHouse, type ClickHouseDeps, withClickHouse } from '../shared/clickhouse/server';
import { type Clock, iso } from '../shared/clock';
import { DeprecatedRelationsError } from '../shared/errors';
import { approvedHash } from '../shared/gates';
import { type Ledger, runKey } from '../shared/ledger';
import { ownRun } from '../shared/runs';
import type { ReadDeprecatedPayload, ReadDeprecatedResult } from './payload';

export interface ReadDeprecatedDeps extends ClickHouseDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** The ledger's item with what the hash of a list stands for. */
export const listKey = (runId: string, hash: string) => runKey(runId, `deprecated#${hash}`);

/** See {@link listKey}. */
export interface DeprecatedList {
  readonly dbt: string;
  readonly objects: readonly DeprecatedObject[];
  readonly at: string;
}

export async function readDeprecated(
  payload: ReadDeprecatedPayload,
  deps: ReadDeprecatedDeps,
): Promise<ReadDeprecatedResult> {
  const { runId, dbt } = payload;
  await ownRun(deps.ledger, payload);
  return withClickHouse(payload, deps, async (server) => {
    const catalogue = await readCatalogue(server);
    const models = modelNames(server, (await readInstalled(server)).models);
    const deprecated = deprecatedIn(dbt, catalogue, models);
    const findings = [...deprecated.findings, ...(await against(server, deprecated))];
    if (findings.length > 0) throw new DeprecatedRelationsError(textOf(findings));
    const { objects } = deprecated;
    const compared = await comparedIn(deps.ledger, runId);
    const uncompared = objects
      .filter(({ kind, relation }) => kind === 'table' && !compared.includes(relation))
      .map(({ relation }) => relation);
    const hash = approvedHash({ objects, uncompared });
    const list: DeprecatedList = { dbt, objects, at: iso(deps.clock.now()) };
    await deps.ledger.put(listKey(runId, hash), list);
    const exposed = await exposure(server, catalogue);
    const kept = keptOf(dbt, models).filter((one) => catalogue.has(`${one.database}.${one.name}`));
    return {
      status: objects.length === 0 ? 'none' : 'found',
      question: questionOf(objects, kept, [
        ...uncomparedNote(uncompared),
        ...exposed.notes,
        ...exposed.findings,
      ]),
      hash,
      objects: objects.length,
      exposedRows: exposed.rows,
    };
  });
}

/** Readers outside of the list, and tables that ClickHouse would refuse to drop. */
async function against(server: ClickHouse, { objects }: Deprecated): Promise<string[]> {
  const list = new Set(objects.map(({ relation }) => relation));
  const readers = await dependantsOf(server, list);
  const listed = new Set(objects.map(({ database, name }) => `${database}.${name}`));
  const large = (await tooLargeToDrop(server)).filter(({ database, name }) =>
    listed.has(`${database}.${name}`),
  );
  return [
    ...readers.map(
      ({ name, needs }) => `${name} reads ${needs.join(', ')}: change or drop it first`,
    ),
    ...large.map(tooLargeText),
  ];
}

const textOf = (findings: readonly string[]): string =>
  `${findings.length} finding(s) against the removal of deprecated relations: ` +
  `${findings.map((text, i) => `(${i + 1}) ${text}`).join('; ')}. Nothing was dropped. Repair them, then redrive`;

/** Tables whose replacement is gone again, or that never had one: nothing proves that their rows are elsewhere. */
const uncomparedNote = (names: readonly string[]): string[] =>
  names.length === 0
    ? []
    : [
        `tables that go without a comparison, because nothing in these models takes their place: ${names.join(', ')}`,
      ];

function questionOf(
  objects: readonly DeprecatedObject[],
  kept: readonly Kept[],
  notes: readonly string[],
): string {
  if (objects.length === 0) return 'There is nothing deprecated to drop.';
  const named = (kind: DeprecatedObject['kind'], title: string) => {
    const names = objects.filter((one) => one.kind === kind).map(({ relation }) => relation);
    return names.length > 0 ? [`${title}: ${names.join(', ')}`] : [];
  };
  const parts = [
    ...named('materialized view', 'materialized views'),
    ...named('view', 'views'),
    ...named('dictionary', 'dictionaries'),
    ...named('table', 'tables'),
  ];
  const stays = kept.map(({ database, name, why }) => `${database}.${name} (${why})`);
  return [
    `Drop ${objects.length} deprecated objects of ClickHouse for good? ${parts.join('; ')}.`,
    ...(stays.length > 0
      ? [`What upstream's macro would drop and stays: ${stays.join(', ')}.`]
      : []),
    ...notes.map((text) => `${text.replace(/^./, (letter) => letter.toUpperCase())}.`),
    'Only the backup brings them back.',
  ].join(' ');
}

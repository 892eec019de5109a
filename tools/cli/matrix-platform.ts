// What is left on a Tutor host and in ClickHouse when a scene is over, as lines that have to be equal after every
// fault.

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { Cloud } from '../rehearsal/cloud';
import type { HostCall, TutorHost } from '../rehearsal/host';

type Lines = (readonly [name: string, value: string])[];
type Mask = (text: string) => string;

/** Commands that change something on a host; what only looks may be called as often as it likes. */
const WORKS =
  /^(python -m pip (install|uninstall)|tutor (config save|images (build|push)|\w+ (start|stop|restart|do|dc|exec|run)))\b/;

/** Versions, settings, containers, databases and copies of a host, and what was done there how often. */
export const hostLines = (host: TutorHost, mask: Mask): Lines => {
  const { sandbox, id } = host;
  const { state } = sandbox;
  const of = (what: string) => `host ${id}: ${what}`;
  const images = Object.entries(state.images).map(
    ([tag, { plugin = '-' }]) => `${tag} of ${plugin}`,
  );
  const done = counts(
    sandbox.calls
      .map(lineOf)
      .filter((line) => WORKS.test(line))
      .map(mask),
  );
  return [
    [of('versions'), `${state.plugin} ${state.tutor}`],
    [of('config.yml'), sandbox.read(`${sandbox.data.root}/config.yml`)],
    [of('containers'), listed(state.containers.map(({ service, image }) => `${service} ${image}`))],
    [of('images'), listed(images)],
    [of('databases'), JSON.stringify(state.databases)],
    [of('files'), listed(filesOf(host).map((name) => mask(name).replace(UNIT, '/RUN-$1-N')))],
    ...[...done].map(([line, n]) => [of(line), String(n)] as const),
  ];
};

/** A unit's or an inspection's folder by its step; what an attempt keeps to itself in there stays out. */
const UNIT = /\/RUN-([\w.-]+?)(-\d+)?(-look)?(\/.*)?$/;

/** Folders and files that scripts have written. */
const filesOf = ({ sandbox }: TutorHost): string[] =>
  sandbox.data.folders.flatMap((folder) =>
    readdirSync(sandbox.inside(folder), { recursive: true }).map((name) => `${folder}/${name}`),
  );

/** A call without what its shell or a temporary name adds. */
const lineOf = ({ program, args }: HostCall): string =>
  [program, ...args].join(' ').replace(/\s+/g, ' ').slice(0, 200);

const listed = (texts: readonly string[]): string => [...new Set(texts)].sort().join(', ');

function counts(texts: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1);
  return found;
}

/** Databases of the server itself. */
const OWN = "('system', 'information_schema', 'INFORMATION_SCHEMA', 'default', '_local')";

interface Relation {
  readonly name: string;
  readonly engine: string;
  readonly query: string;
  readonly columns: readonly string[];
}

/**
 * Databases, relations with their definitions, rows, and of each column that is no time a sum of hashes; backups and
 * restores that still go on. Merges come when they like: each table is merged before it is read.
 */
export async function clickHouseLines({ clickhouse }: Cloud, mask: Mask): Promise<Lines> {
  if (!clickhouse) return [];
  const relations = (await clickhouse.query(
    `select concat(database, '.', t.name) as name, any(engine) as engine, any(create_table_query) as query,
       groupArrayIf(c.name, c.type not like '%AggregateFunction%' and c.type not like '%Date%') as columns
     from system.tables t join system.columns c on c.database = t.database and c.table = t.name
     where database not in ${OWN} group by name order by name`,
  )) as unknown as readonly Relation[];
  const [ended] = await clickhouse.query(
    `select arraySort(groupArray(name)) as databases from system.databases where name not in ${OWN}`,
  );
  const running = await clickhouse.query(
    "select name, status from system.backups where status in ('CREATING_BACKUP', 'RESTORING')",
  );
  const lines: Lines = [
    ['databases of ClickHouse', JSON.stringify(ended?.databases)],
    ['backups and restores that still go on', mask(JSON.stringify(running))],
    ...relations.map(
      ({ name, engine, query }) =>
        [`relation ${name}`, `${engine} ${hashed(mask(query))}`] as const,
    ),
  ];
  for (const { name, engine, columns } of relations) {
    if (!engine.endsWith('MergeTree')) continue;
    await clickhouse.query(`optimize table ${quoted(name)} final`);
    const sums = columns.map((one) => `sum(sipHash64(toString(\`${one}\`))) as \`${one}\``);
    const [row = {}] = await clickhouse.query(
      `select count() as \`rows\`, ${sums.join(', ')} from ${quoted(name)}`,
    );
    lines.push(...Object.entries(row).map(([of, n]) => [`${name}: ${of}`, String(n)] as const));
  }
  return lines;
}

const quoted = (name: string): string => name.replace(/^([^.]*)\.(.*)$/, '`$1`.`$2`');
const hashed = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 8);

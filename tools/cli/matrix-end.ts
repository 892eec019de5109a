// What is there when a scene is over, as lines that have to be equal after every fault: the warehouse's
// tables and what ran on it, the ledger, stacks, reports, notices, and nothing that still goes on.

import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Cloud } from '../rehearsal/cloud';
import { clickHouseLines, hostLines } from './matrix-platform';

type Lines = (readonly [name: string, value: string])[];
type Item = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };

/** Ids, tokens and times: another run has others. */
const mask = (text: string): string =>
  text
    .replace(/run-\d{8}-\w+/g, 'RUN')
    .replace(/_\d{8}_[0-9a-f]*/g, '_RUN')
    .replace(/\d{8}T\d{9}Z|\b\d{17}\b/g, 'TIME')
    .replace(/ at \d{8,}/g, ' at ID')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, 'TIME')
    // Salted anew by each run.
    .replace(/checksum [0-9a-f]{12}/g, 'checksum SUM')
    // Of a backup: what is on disk depends on merges.
    .replace(/\b[1-9]\d* (bytes|files)\b/g, 'N $1')
    // Another attempt has another number; what it has done counts by itself.
    .replace(/((?:content with |runbook-)RUN[\w.-]*)-\d+(?=["\s,/]|$)/g, '$1-N');

export async function endOf(cloud: Cloud, table: string): Promise<Lines> {
  const running = cloud.engine
    .stateMachines()
    .flatMap(({ arn }) => cloud.engine.listExecutions({ stateMachineArn: arn }).items)
    .filter(({ status }) => status === 'RUNNING');
  const items = await itemsOf(cloud, table);
  const noted = new Set(items.map(({ sk }) => sk.replace('note#release#', '')));
  return [
    ['executions that still run', running.map(({ executionArn }) => mask(executionArn)).join(' ')],
    ['events nobody took', String(cloud.undelivered.length)],
    ['problems of the stand-ins', cloud.problems.map(String).join('; ')],
    ...counted('notice', cloud.notices.map(({ subject = '' }) => mask(subject)).filter(isFinal), 1),
    ...counted('file', files(cloud), 1),
    ...(cloud.warehouse ? [...(await tables(cloud)), ...(await statements(cloud))] : []),
    ...ledgerLines(items),
    ...rules(cloud),
    ...pipeline(cloud),
    ...deployments(cloud),
    ...counted('object', objects(cloud), 1),
    ...cloud.hosts.flatMap((host) => hostLines(host, mask)),
    ...(await clickHouseLines(cloud, mask)),
    ...cloud.ingestion.flatMap(servers),
    ...(cloud.cloudformation?.look() ?? []).flatMap(({ name, changeSets, ...stack }) => [
      [`stack ${name}`, JSON.stringify(stack)] as const,
      // One that could not be deleted is named in a note for a person, and keeps no run from its end.
      [
        `change sets of ${name}`,
        changeSets.filter((one) => !noted.has(one)).length.toString(),
      ] as const,
    ]),
  ];
}

/** Sizes and servers of an ingestion, and how many tasks took events at the worst moment. */
const servers = (fleet: Cloud['ingestion'][number]): Lines => {
  const { group, desired, scaling, healthy, cutOff } = fleet;
  const old = group.instances.filter(({ template }) => template !== group.template).length;
  const of = (what: string) => `servers of ${group.name}: ${what}`;
  const sizes = [
    group.min,
    group.max,
    group.desired,
    desired,
    scaling,
    group.pool,
    group.warm.length,
  ];
  return [
    [of('sizes'), JSON.stringify(sizes)],
    [of('old ones'), String(old)],
    [of('healthy tasks at least, now; cut off'), [fleet.least(), healthy, cutOff].join(' ')],
  ];
};

/** The account's rules: what a run has stopped must go on. */
const rules = ({ bus, region }: Cloud): Lines =>
  bus
    .rulesIn(region)
    .map(({ arn, disabled }) => [`rule ${arn}`, disabled ? 'DISABLED' : 'ENABLED']);

/** The pipeline as its console shows it. */
const pipeline = ({ clickstream }: Cloud): Lines => {
  if (!clickstream) return [];
  const { status, templateVersion, zones } = clickstream.pipeline;
  return [['pipeline', JSON.stringify([status, templateVersion, ...[...zones].sort()])]];
};

/** Deployments a run may hold still. */
const deployments = ({ kubernetes, scenario }: Cloud): Lines =>
  (scenario.kubernetes?.deployments ?? []).map(({ namespace, name }) => [
    `replicas of ${namespace}/${name}`,
    String(kubernetes!.workload(namespace, name)!.replicas),
  ]);

/** What a run has left in the account's buckets; a repeated attempt has another number. */
const objects = ({ scenario, store }: Cloud): string[] =>
  (scenario.buckets ?? [])
    .flatMap((bucket) => store.list(bucket))
    .map((key) => mask(key).replace(/\/(a|attempt-)?\d+\//g, '/N/'));

const files = ({ resources, store }: Cloud): string[] =>
  resources
    .filter(({ type }) => type === 'AWS::S3::Bucket')
    .flatMap(({ physicalId }) => store.list(physicalId))
    .map(mask);

const isFinal = (subject: string): boolean => subject.includes(' SUCCEEDED');

/** How often each text is there, `most` at most: where more is no harm. */
function counted(
  kind: string,
  texts: readonly string[],
  most = Number.POSITIVE_INFINITY,
): (readonly [string, string])[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, n]) => [`${kind} ${text}`, String(Math.min(n, most))]);
}

/** Rows, and of each column a sum of hashes: of its values, and of their words without figures. */
async function tables(cloud: Cloud): Promise<Lines> {
  const columns = await cloud.query(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name,
       array_agg(column_name::text) as columns
     from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_schema not in ('rehearsal', 'scenario', 'pg_catalog', 'information_schema')
       and table_type = 'BASE TABLE'
     group by 1 order by 1`,
  );
  const lines: (readonly [string, string])[] = [];
  for (const { name, columns: own } of columns as { name: string; columns: string[] }[]) {
    const sums = own.flatMap((column) => {
      const text = `"${column}"::text`;
      const sum = (of: string) => `coalesce(sum(hashtextextended(${of}, 0)), 0)::text`;
      return [
        `${sum(text)} as "${column}"`,
        `${sum(`regexp_replace(${text}, '[0-9]+', '', 'g')`)} as "${column} (words)"`,
      ];
    });
    const [row] = await cloud.query(
      `select count(*)::text as rows, ${sums.join(', ')} from ${name}`,
    );
    lines.push(...Object.entries(row!).map(([of, n]) => [`${name}: ${of}`, String(n)] as const));
  }
  return lines;
}

/** What ran and was no reading, by how it ended and by step, item and batch as its comment has them. */
async function statements(cloud: Cloud): Promise<Lines> {
  const rows = await cloud.query(
    `select regexp_replace(query_text, '^/\\* \\S+ (.*) \\S+ \\*/\\s*(.{0,60}).*$', '\\1: \\2') as what, status
     from rehearsal.query_history
     where query_text !~* '^(/\\*.*?\\*/|--[^\\n]*\\n|\\s)*(select|with|show)'`,
  );
  return counted(
    'statement',
    rows.map(({ status, what }) => `${status} ${mask(String(what))}`),
  );
}

async function itemsOf({ endpointUrl, region, operatorCredentials }: Cloud, table: string) {
  const client = new DynamoDBClient({
    endpoint: endpointUrl,
    region,
    credentials: operatorCredentials,
  });
  try {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
    return Items.map((item) => {
      return Object.fromEntries(Object.entries(item).map(([k, v]) => [k, plain(v)])) as Item;
    });
  } finally {
    client.destroy();
  }
}

/** Members of the ledger's items that have to be the same, by the first word of their keys. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  run: ['status', 'leases'],
  lease: [],
  check: ['name', 'item', 'expected', 'actual', 'ok'],
  progress: ['batch', 'rows', 'done'],
  item: [],
  gate: ['answer', 'by'],
};

function ledgerLines(items: readonly Item[]): Lines {
  const lines = items.flatMap(({ pk, sk, ...item }) => {
    const kind = (pk.startsWith('lease#') ? pk : sk).replace(/#.*/, '');
    const shown = MEMBERS[kind]?.map((member) => `${member} ${JSON.stringify(item[member])}`);
    // That an item failed is told by its execution too, where it could not write it down itself.
    if (kind === 'item' && item.status !== 'done') return [];
    if (pk.startsWith('run#') || kind === 'lease') {
      if (shown) return [mask(`${pk} ${sk}: ${shown.join(', ')}`)];
      const { step, item: of = '-', title, status, rows } = item;
      if (kind === 'batch' && status === 'done') {
        return [mask(`batch ${step} ${of} ${title}: done, ${rows} rows`)];
      }
    }
    return [];
  });
  return counted('ledger', lines);
}

/** Items hold nothing deeper than lists of texts in what is compared. */
const plain = (value: AttributeValue): unknown =>
  value.L ? value.L.map(plain) : (value.S ?? value.N ?? value.BOOL ?? null);

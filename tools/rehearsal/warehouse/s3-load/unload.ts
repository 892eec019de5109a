// UNLOAD: the rows of a query in files under a prefix, the manifest last.
// https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html

import type { Client, QueryArrayConfig, QueryArrayResult } from 'pg';
import { toPostgres } from '../rewrites';
import { type Value, written } from './rows';
import type { Unload } from './statements';
import { uriOf, type WarehouseStorage } from './storage';

/** Slices of the warehouse: each writes a file of its own. */
const SLICES = 2;
const FETCHED = 5_000;
const RAW = { rowMode: 'array', types: { getTypeParser: () => (value: unknown) => value } };

/** One file and what it holds. */
interface Part {
  readonly name: string;
  lines: string[];
  rows: number;
}

/** Runs in a transaction of its caller; returns the number of rows. */
export async function unload(client: Client, what: Unload, s3: WarehouseStorage): Promise<number> {
  refuseLimit(what.query);
  const { bucket, key: prefix } = what.to;
  const taken = s3.list(what.to);
  if (taken.length > 0 && what.existing === 'refused') {
    throw new Error(
      'Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, ' +
        'manually removing the target files in S3, or using the ALLOWOVERWRITE option.',
    );
  }
  if (what.existing === 'removed') for (const key of taken) s3.remove({ bucket, key });
  const names = what.parallel
    ? Array.from({ length: SLICES }, (_, slice) => `${String(slice).padStart(4, '0')}_part_00`)
    : ['000'];
  const parts: Part[] = names.map((name) => ({ name, lines: [], rows: 0 }));
  const write = () => {
    return parts
      .filter(({ rows }) => rows > 0)
      .map(({ name, lines, rows }) => {
        const body = Buffer.from(lines.join(''));
        s3.write({ bucket, key: prefix + name }, body);
        const url = uriOf({ bucket, key: prefix + name });
        return { url, meta: { content_length: body.length, record_count: rows } };
      });
  };
  let fields: QueryArrayResult['fields'];
  try {
    fields = await fill(client, what, parts);
  } catch (error) {
    // What the slices have written when one of them fails stays, without a manifest.
    if (total(parts) > 0) write();
    throw error;
  }
  const entries = write();
  // No rows, no object at all: https://github.com/spark-redshift-community/spark-redshift/issues/40
  if (what.manifest && entries.length > 0) {
    const manifest = what.verbose
      ? await verbose(client, fields, entries)
      : { entries: entries.map(({ url }) => ({ url })) };
    s3.write({ bucket, key: `${prefix}manifest` }, JSON.stringify(manifest, undefined, 2));
  }
  return total(parts);
}

const total = (parts: readonly Part[]) => parts.reduce((sum, { rows }) => sum + rows, 0);

async function fill(client: Client, { query, format }: Unload, parts: Part[]) {
  await client.query(`declare rehearsal_unload no scroll cursor for ${toPostgres(query)}`);
  for (let row = 0; ; ) {
    const text = `fetch ${FETCHED} from rehearsal_unload`;
    const page = await client.query<Value[]>({ text, ...RAW } as QueryArrayConfig);
    for (const values of page.rows) {
      const part = parts[row++ % parts.length]!;
      part.lines.push(written(values, format));
      part.rows++;
    }
    // The rows of a page become one text, so that many pages take little room.
    for (const part of parts) part.lines = [part.lines.join('')];
    if (page.rows.length === 0) {
      await client.query('close rehearsal_unload');
      return page.fields;
    }
  }
}

async function verbose(
  client: Client,
  fields: QueryArrayResult['fields'],
  entries: readonly { readonly meta: { content_length: number; record_count: number } }[],
) {
  const { rows } = await client.query(
    'select format_type(type, null) as base from unnest($1::oid[]) with ordinality as t(type, at) order by at',
    [fields.map(({ dataTypeID }) => dataTypeID)],
  );
  const sum = (name: 'content_length' | 'record_count') =>
    entries.reduce((all, { meta }) => all + meta[name], 0);
  return {
    entries,
    schema: {
      elements: fields.map(({ name }, index) => ({ name, type: { base: rows[index].base } })),
    },
    meta: { content_length: sum('content_length'), record_count: sum('record_count') },
    author: { name: 'Amazon Redshift', version: '1.0.0' },
  };
}

function refuseLimit(query: string): void {
  if (/\blimit\s+\d+\s*;?\s*$/i.test(query)) {
    throw new Error('Limit clause is not supported');
  }
}

// COPY: the files of a manifest, or all whose keys begin with a prefix, as rows of a table.
// https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html

import type { Client, DatabaseError } from 'pg';
import { type Column, columnsOf, diagnose, faultOf, fieldOf, type LoadError } from './columns';
import { type Line, readLines } from './rows';
import type { Copy, Place } from './statements';
import { uriOf, type WarehouseStorage } from './storage';

/** What a COPY did, also one that failed. */
export interface Load {
  rows: number;
  files: number;
  bytes: number;
  readonly errors: LoadError[];
}

/** Rows of one insert. */
const BATCH = 2_000;
/** SQLSTATEs that say something about the row: data exceptions and a missing value. */
const ABOUT_A_ROW = /^(22...|23502)$/;

/** Runs in a transaction of its caller, and fills `load` as it goes. */
export async function copy(client: Client, what: Copy, s3: WarehouseStorage, load: Load) {
  const columns = await columnsOf(client, what);
  const loader = new Loader(client, what, columns, load);
  await client.query('savepoint rehearsal_copy');
  for (const place of placesOf(what, s3)) {
    const body = s3.read(place)!;
    load.files++;
    load.bytes += body.length;
    await loader.file(uriOf(place), body.toString('utf8'));
  }
  if (what.noLoad) {
    await client.query('rollback to rehearsal_copy');
    load.rows = 0;
  }
  await client.query("select set_config('rehearsal.last_copy', $1, false)", [String(load.rows)]);
}

class Loader {
  private readonly insert: string;

  constructor(
    private readonly client: Client,
    private readonly what: Copy,
    private readonly columns: readonly Column[],
    private readonly load: Load,
  ) {
    const quoted = columns.map(({ name }) => `"${name}"`);
    // A text gets no cast: an assignment refuses what is too long, a cast cuts it.
    const values = columns.map(({ type }, index) =>
      /^(character|text)/.test(type) ? `c${index}` : `c${index}::${type}`,
    );
    const arrays = columns.map((_, index) => `$${index + 1}::text[]`);
    this.insert =
      `insert into ${what.table} (${quoted.join(', ')}) select ${values.join(', ')} ` +
      `from unnest(${arrays.join(', ')}) as r(${columns.map((_, index) => `c${index}`).join(', ')})`;
  }

  async file(file: string, text: string): Promise<void> {
    let batch: Line[] = [];
    for (const line of readLines(text, this.what.format)) {
      const fault = faultOf(line, this.columns, this.what.anyTime);
      if (fault) this.refuse({ file, line: line.number, ...fault });
      else if (batch.push(line) === BATCH) {
        await this.add(file, batch);
        batch = [];
      }
    }
    if (batch.length > 0) await this.add(file, batch);
  }

  /** Inserts lines; of those that are refused together it looks for the guilty one. */
  private async add(file: string, lines: readonly Line[]): Promise<void> {
    await this.client.query('savepoint rehearsal_rows');
    try {
      const values = this.columns.map((column, index) =>
        lines.map(({ fields }) => fieldOf(fields[index]!, column)),
      );
      await this.client.query(this.insert, values);
      await this.client.query('release rehearsal_rows');
      this.load.rows += lines.length;
    } catch (error) {
      if (!ABOUT_A_ROW.test((error as DatabaseError).code ?? '')) throw error;
      await this.client.query('rollback to rehearsal_rows');
      const [first] = lines as [Line];
      if (lines.length === 1) {
        const fault = await diagnose(this.client, first, this.columns, error as DatabaseError);
        return this.refuse({ file, line: first.number, ...fault });
      }
      const half = lines.length >> 1;
      await this.add(file, lines.slice(0, half));
      await this.add(file, lines.slice(half));
    }
  }

  /** The load fails once so many rows are refused; 0 is as strict as 1. */
  private refuse(error: LoadError): void {
    const { errors } = this.load;
    errors.push(error);
    if (errors.length < Math.max(1, this.what.maxError)) return;
    const table = this.what.table.split('.').at(-1)!.replaceAll('"', '');
    throw new Error(
      `Load into table '${table}' failed.  Check 'sys_load_error_detail' system table for details.`,
    );
  }
}

/** The files to load, in order; one that is named twice is loaded twice. */
function placesOf({ from, manifest }: Copy, s3: WarehouseStorage): Place[] {
  // A prefix also matches what another run, another table or a manifest has left there.
  const keys = s3.list(from);
  if (!manifest) {
    if (keys.length === 0) throw new Error(`The specified S3 prefix '${from.key}' does not exist`);
    return keys.map((key) => ({ bucket: from.bucket, key }));
  }
  const named = entriesOf(s3.read(from), from);
  const found = named.filter(({ place, mandatory }) => {
    const there = s3.read(place) !== undefined;
    if (!there && mandatory) {
      throw new Error(
        `Problem reading manifest file - S3ServiceException:The specified key does not exist.,Status 404,Error NoSuchKey,Key ${place.key}`,
      );
    }
    return there;
  });
  if (found.length === 0) throw new Error('Manifest file contains no files that could be found');
  return found.map(({ place }) => place);
}

function entriesOf(body: Buffer | undefined, from: Place) {
  if (!body) {
    throw new Error(
      `S3ServiceException:The specified key does not exist.,Status 404,Error NoSuchKey,Key ${from.key}`,
    );
  }
  try {
    const { entries } = JSON.parse(body.toString()) as {
      entries: { url: string; mandatory?: boolean }[];
    };
    return entries.map(({ url, mandatory = false }) => {
      const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url)!;
      return { place: { bucket: bucket!, key: key! }, mandatory };
    });
  } catch (cause) {
    throw new Error('Manifest file is not in correct json format', { cause });
  }
}

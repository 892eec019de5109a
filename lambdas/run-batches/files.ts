// What UNLOAD and COPY leave: a manifest that counts, and a table that is counted.

import { ReconciliationError } from '../shared/errors';
import type { Evidence } from './payload';
import type { Batch } from './plan';
import type { Attempt } from './progress';
import type { Session } from './session';

/** What an UNLOAD wrote. */
export interface Unloaded {
  /** Null for one of no rows that has written nothing. */
  readonly manifest: string | null;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
}

/**
 * What an attempt's manifest says; undefined when there is none that counts. It is written last, so
 * that without it nothing says that the files are all there.
 */
export async function unloaded(
  session: Session,
  batch: Batch,
  attempt: Attempt,
  folder: string,
): Promise<Unloaded | undefined> {
  const manifest = `${session.identity(batch, attempt.number).prefixUnder(folder)}manifest`;
  const { region } = session.payload.warehouse;
  try {
    const counts = countsOf(await session.deps.readObject(manifest, region));
    return counts && { manifest, ...counts };
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/**
 * Whether an attempt that finished without a manifest had nothing to write: its query has no rows, and
 * nothing lies below its prefix. The documentation is silent on it; Redshift is seen to write no object at
 * all for no rows: https://github.com/spark-redshift-community/spark-redshift/issues/40
 */
export async function nothingUnloaded(
  session: Session,
  batch: Batch,
  attempt: Attempt,
  folder: string,
): Promise<Unloaded | undefined> {
  const { statement } = batch;
  const query = 'query' in statement ? statement.query : undefined;
  const prefix = session.identity(batch, attempt.number).prefixUnder(folder);
  const { region } = session.payload.warehouse;
  if (query === undefined || (await session.deps.anyObject(prefix, region))) return undefined;
  if ((await session.countQuery(query)) > 0) return undefined;
  return { manifest: null, rows: 0, files: 0, bytes: 0 };
}

/** MANIFEST VERBOSE: https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html */
function countsOf(text: string): Omit<Unloaded, 'manifest'> | undefined {
  try {
    const { entries, meta } = JSON.parse(text) as {
      entries: unknown[];
      meta: { record_count: number; content_length: number };
    };
    const counts = { rows: meta.record_count, files: entries.length, bytes: meta.content_length };
    return Object.values(counts).every(Number.isSafeInteger) ? counts : undefined;
  } catch {
    return undefined;
  }
}

/** The manifest and the table do not agree. */
export const countsDiffer = (
  batch: Batch,
  { rows, schema, table }: Extract<Evidence, { kind: 'copy' }>,
  found: number,
) =>
  new ReconciliationError(
    `${batch.title}: the manifest counts ${rows} rows, ${schema}.${table} holds ${found}. ` +
      'Find out who else writes to it or what changed the files, empty the table, then redrive',
  );

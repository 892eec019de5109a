// What a statement has written: its manifest, the files that names, and their rows.

import { partKeys } from './manifest';
import { type Attempt, manifestKey, type Progress } from './progress';
import type { Work } from './work';

/** Whether a statement nobody has heard the end of has succeeded. */
export async function hasManifest({ deps }: Work, attempt: Attempt): Promise<boolean> {
  const files = await deps.objects.list(manifestKey(attempt));
  return files.some(({ key }) => key === manifestKey(attempt));
}

/**
 * Writes what an attempt has exported to the ledger.
 *
 * @param answered its rows, where the database has said how many
 */
export async function measure(
  work: Work,
  now: Progress,
  attempt: Attempt,
  answered?: number,
): Promise<void> {
  const { objects } = work.deps;
  const files = await objects.list(`${attempt.stem}.`);
  const sizes = new Map(files.map(({ key, bytes }) => [key, bytes]));
  const written = sizes.has(manifestKey(attempt));
  const manifest = written ? await objects.read(manifestKey(attempt)) : undefined;
  const keys = manifest && partKeys(manifest.text, work.payload.tenant.bucket, attempt.stem);
  if (!keys) return work.failed(now, attempt, 'it left no manifest that names its files');
  const missing = keys.find((key) => !sizes.has(key));
  if (missing !== undefined) return work.failed(now, attempt, `${missing} is not there`);
  const parts = keys.map((key) => ({ key, bytes: sizes.get(key)! }));
  const exported = {
    rows: answered ?? (await linesOf(work, keys)),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    seconds: Math.round((work.now() - attempt.at) / 1000),
    parts,
    manifestETag: manifest.etag,
  };
  await work.item.save(now, { attempt: { ...attempt, exported } });
}

/**
 * Rows of a statement whose answer was lost. The files are counted, not the tables: an exam that was
 * imported anew since then has left the window, but not the files.
 */
async function linesOf(work: Work, keys: readonly string[]): Promise<number> {
  let lines = 0;
  for (const key of keys) {
    await work.mayAct();
    lines += await work.deps.objects.lines(key);
  }
  return lines;
}

// The end of an extract: every file of every slice is there as long as it was, nothing else lies beside
// them, and one manifest names them all.

import { iso } from '../shared/clock';
import { ExtractFailedError, StrayObjectsError } from '../shared/errors';
import { runKey } from '../shared/ledger';
import { manifestOf } from './manifest';
import type { StoredFile } from './objects';
import type { ExtractSlicesPayload, ExtractSlicesResult } from './payload';
import { manifestKey, type Progress, type Slice, sliceName } from './progress';
import type { ExtractDeps, Work } from './work';

export async function finish(work: Work, now: Progress): Promise<ExtractSlicesResult> {
  const { payload, deps, item, folder } = work;
  const { bucket } = payload.tenant;
  const slices = await item.slices();
  const own = `${folder}/manifest`;
  const there = await wholeFiles(work, now, slices);
  const parts = slices.flatMap((slice) => slice.parts);
  const known = new Set([own, ...parts.map(({ key }) => key), ...slices.map(manifestKey)]);
  const strays = there.filter(({ key }) => !known.has(key));
  const rows = sum(slices, (slice) => slice.rows);
  const nullScores = sum(slices, (slice) => slice.nullScores);
  await report(payload, deps, { strays, parts: parts.length, nullScores });
  if (strays.length > 0) {
    const some = strays.slice(0, 3).map(({ key }) => key);
    throw new StrayObjectsError(
      `${strays.length} object(s) in s3://${bucket}/${folder}/ are not of this extract: ${some.join(', ')}. ` +
        'Find out who writes there and delete them, then redrive',
    );
  }
  await work.mayAct();
  const filled = parts.filter(({ bytes }) => bytes > 0);
  if (rows > 0) await deps.objects.write(own, manifestOf(bucket, filled));
  return {
    status: 'done',
    slices: slices.length,
    rows,
    nullScores,
    manifest: rows > 0 ? `s3://${bucket}/${own}` : null,
  };
}

/** All objects of the extract; slices that are not whole any more are extracted again by the redrive. */
async function wholeFiles(
  work: Work,
  now: Progress,
  slices: readonly Slice[],
): Promise<StoredFile[]> {
  const { id, bucket } = work.payload.tenant;
  const base = `${work.folder}/`;
  for (const number of now.void) await work.empty(`${base}${sliceName(number)}/`);
  const there = await work.deps.objects.list(base);
  const sizes = new Map(there.map(({ key, bytes }) => [key, bytes]));
  const isWhole = (slice: Slice) =>
    sizes.has(manifestKey(slice)) &&
    slice.parts.every(({ key, bytes }) => sizes.get(key) === bytes);
  const damaged = slices.filter((slice) => !isWhole(slice));
  if (damaged.length > 0) {
    await work.item.save(now, {
      left: [...now.left, ...damaged.map(({ window }) => window)],
      void: [...now.void, ...damaged.map(({ number }) => number)],
    });
    const names = damaged.map(({ number }) => sliceName(number));
    throw new ExtractFailedError(
      `files of the extract of ${id} are gone from s3://${bucket}/${base} or have another length: those of ` +
        `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}. Find out who ` +
        'changes them (a lifecycle rule perhaps), then redrive: they are extracted again',
    );
  }
  return there;
}

const sum = (slices: readonly Slice[], of: (slice: Slice) => number): number =>
  slices.reduce((total, slice) => total + of(slice), 0);

async function report(
  { runId, tenant: { id }, item }: ExtractSlicesPayload,
  { ledger, clock }: ExtractDeps,
  found: {
    readonly strays: readonly StoredFile[];
    readonly parts: number;
    readonly nullScores: number;
  },
): Promise<void> {
  const { strays, parts, nullScores } = found;
  const name = `${id}: files of the extract`;
  await ledger.put(runKey(runId, `check#${item?.key ?? '-'}#${name}`), {
    name,
    item: item?.key,
    expected: String(parts),
    actual: strays.length > 0 ? `${parts} and ${strays.length} that are not of it` : String(parts),
    ok: strays.length === 0,
    at: iso(clock.now()),
  });
  await ledger.put(runKey(runId, `note#extract#${id}`), {
    text: `${id}: ${nullScores} alt score(s) without a scale score were left out of the extract`,
  });
}

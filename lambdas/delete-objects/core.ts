// The waiting task that deletes what a run left in S3: rows of students are in it. What was there is
// counted before the first deletion, so that the record is right however often the work is taken up.

import { iso } from '../shared/clock';
import { isAccessDenied, ObjectsLeftError, TryAgainError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import type { Caller } from '../shared/run';
import { type WaitDeps, waitFor } from '../shared/waiting';
import type { Token } from '../shared/worker-token';
import type { Buckets, Refusal, Version } from './bucket';
import { checkFolders, expiryInput, type ObjectFolder } from './input';
import { notNeeded } from './needed';
import type { DeleteObjectsPayload, DeleteObjectsResult, ObjectCount } from './payload';

export interface DeleteObjectsDeps extends WaitDeps {
  readonly buckets: Pick<Buckets, 'page' | 'remove'>;
}

/** Name in the ledger. */
const STEP = 'delete-objects';
/** Deletions between two looks at the execution, which may have been stopped. */
const PAGES_A_ROUND = 20;
/** Codes of S3 for "not now". */
const PASSING = /^(InternalError|SlowDown|ServiceUnavailable|OperationAborted|RequestTimeout)$/;

/**
 * @throws RefusedInputError for a folder that is not the run's own, ObjectsNeededError, ObjectsLeftError
 */
export async function deleteObjects(
  payload: DeleteObjectsPayload,
  deps: DeleteObjectsDeps,
  invocation: Invocation,
): Promise<DeleteObjectsResult> {
  if (!('input' in payload)) {
    const folders = checkFolders(payload.runId, payload.folders);
    return resultOf(
      await waitFor(deps, payload, STEP, invocation, (token) =>
        round(payload, folders, deps, token),
      ),
    );
  }
  const { run: runId, folders } = expiryInput(payload.input);
  const caller: Caller = { ...payload, runId };
  if (payload.countOnly) return resultOf(await count(folders, deps));
  return resultOf(
    await waitFor(
      deps,
      caller,
      STEP,
      invocation,
      (token) => round(caller, folders, deps, token),
      notNeeded,
    ),
  );
}

const resultOf = (all: ObjectCount | undefined): DeleteObjectsResult =>
  all === undefined
    ? { status: 'running', objects: 0, bytes: 0 }
    : { status: 'done', objects: all.objects, bytes: all.bytes };

/** Some pages; what there was in all when nothing is left. */
async function round(
  { runId }: Caller,
  folders: readonly ObjectFolder[],
  deps: DeleteObjectsDeps,
  token: Token,
): Promise<ObjectCount | undefined> {
  const { ledger, clock, buckets } = deps;
  const key = runKey(runId, `objects#${STEP}`);
  if (!(await ledger.get(key))) await ledger.put(key, await count(folders, deps), 'absent');
  let pages = 0;
  for (const folder of folders) {
    for (;;) {
      const { versions } = await asked(folder, () => buckets.page(folder));
      if (versions.length === 0) break;
      if (pages === PAGES_A_ROUND) return undefined;
      await token.renew();
      await remove(folder, versions, buckets);
      pages += 1;
    }
  }
  const all = (await ledger.get<ObjectCount>(key))!;
  await ledger.put(runKey(runId, `check#${STEP}`), {
    name: 'objects of the run in S3 are deleted',
    expected: '0 left',
    actual: `0 left of ${all.objects} with ${all.bytes} bytes`,
    ok: true,
    at: iso(clock.now()),
  });
  return all;
}

/** All that lies below the folders, versions and delete markers included. */
async function count(
  folders: readonly ObjectFolder[],
  { buckets }: Pick<DeleteObjectsDeps, 'buckets'>,
): Promise<ObjectCount> {
  let objects = 0;
  let bytes = 0;
  for (const folder of folders) {
    let from: Awaited<ReturnType<Buckets['page']>>['next'];
    do {
      const page = await asked(folder, () => buckets.page(folder, from));
      objects += page.versions.length;
      bytes += page.versions.reduce((sum, version) => sum + version.bytes, 0);
      from = page.next;
    } while (from);
  }
  return { objects, bytes };
}

/** Deletes a page; whatever S3 kept of it is an error, though the call itself succeeded. */
async function remove(
  folder: ObjectFolder,
  versions: readonly Version[],
  buckets: DeleteObjectsDeps['buckets'],
): Promise<void> {
  const left = await asked(folder, () => buckets.remove(folder, versions));
  if (left.length === 0) return;
  const [first] = left.filter(({ Code }) => !PASSING.test(Code ?? ''));
  if (!first) throw new TryAgainError(`S3 kept ${left.length} object(s): ${left[0]!.Code}`);
  throw leftError(folder, `${left.length} of ${versions.length} object(s)`, first);
}

const leftError = ({ bucket, folder }: ObjectFolder, what: string, why: Refusal, cause?: unknown) =>
  new ObjectsLeftError(
    `S3 does not let ${what} below s3://${bucket}/${folder}/ be deleted: ${why.Code}: ${why.Message}` +
      `${why.Key === undefined ? '' : ` (${why.Key})`}. Rows of students are in them. Look at the bucket's policy and ` +
      'its object lock, then redrive',
    { cause },
  );

/** A call, with a refusal in words that name the folder. */
async function asked<R>(folder: ObjectFolder, call: () => Promise<R>): Promise<R> {
  try {
    return await call();
  } catch (error) {
    if (!isAccessDenied(error)) throw error;
    const { name: Code, message: Message } = error as Error;
    throw leftError(folder, 'the objects', { Code, Message }, error);
  }
}

// The waiting task about the regular job: none is on its way before its pod is taken away, nothing of it is
// left behind, and none has run when a tenant's rows are about to be swapped. It changes nothing there.

import { iso } from '../shared/clock';
import type { DataApi, WarehouseTarget } from '../shared/data-api';
import { RegularJobError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import type { Seen, Thing } from '../shared/quiesced/thing';
import { type SourceDeps, Sources } from '../shared/rdw/sources';
import { type WaitDeps, waitFor } from '../shared/waiting';
import { assertQuiet, podIsBack } from './assert-quiet';
import { startedJobs } from './jobs';
import type { AwaitMigratePayload, AwaitMigrateResult } from './payload';
import { openSessions } from './sessions';

export interface AwaitMigrateDeps extends WaitDeps, SourceDeps {
  dataApi(target: WarehouseTarget): DataApi;
  /** The Deployment now: replicas, and whether a pod of it is left. */
  deployment(thing: Thing): Promise<Seen<number> | undefined>;
}

/** How long jobs that have begun may take to end. */
const LONGEST_JOB_MS = 2 * 3_600_000;
/** How long a session may outlive its pod. */
const LONGEST_SESSION_MS = 600_000;

/** What is waited for, in the ledger's notes while it is so. */
interface WaitNote {
  readonly text: string;
  readonly since: number;
}

export async function awaitMigrate(
  payload: AwaitMigratePayload,
  deps: AwaitMigrateDeps,
  invocation: Invocation,
): Promise<AwaitMigrateResult> {
  const { ledger } = deps;
  const key = runKey(payload.runId, `note#${payload.step}`);
  const sources = new Sources(payload.source, payload.runId, deps);
  try {
    const done = await waitFor(deps, payload, payload.step, invocation, () =>
      look(payload, deps, sources, key),
    );
    if (done) return { status: 'done', waitsFor: 'nothing' };
    const note = await ledger.get<WaitNote>(key);
    return { status: 'running', waitsFor: note?.text ?? '' };
  } finally {
    await sources.close();
  }
}

async function look(
  payload: AwaitMigratePayload,
  deps: AwaitMigrateDeps,
  sources: Sources,
  key: ReturnType<typeof runKey>,
): Promise<true | undefined> {
  const { ledger } = deps;
  const [thing] = payload.things;
  const seen = await deps.deployment(thing!);
  if (payload.phase === 'assert') {
    await assertQuiet(payload, seen, sources, deps);
    return true;
  }
  const jobs = await startedJobs(sources, payload.tenants);
  const gone = seen === undefined || (seen.state === 0 && !seen.busy);
  if (jobs.length > 0 && gone) {
    await ledger.remove(key);
    throw zombie(jobs);
  }
  if (payload.phase === 'after' && !gone) {
    throw new RegularJobError(podIsBack(thing!, seen, ''));
  }
  if (jobs.length > 0) {
    return wait(deps, key, `regular jobs that have begun: ${some(jobs)}`, LONGEST_JOB_MS, tooLong);
  }
  if (payload.phase === 'after') {
    const sessions = await openSessions(payload, deps);
    if (sessions.length > 0) {
      const text = `sessions of the regular job in Redshift: ${some(sessions)}`;
      return wait(deps, key, text, LONGEST_SESSION_MS, sessionStays);
    }
  }
  await finish(payload, deps, key);
  return true;
}

/** Goes on waiting, or throws what `tooLate` makes of the text; a redrive waits as long again. */
async function wait(
  { ledger, clock }: AwaitMigrateDeps,
  key: ReturnType<typeof runKey>,
  waitsFor: string,
  longestMs: number,
  tooLate: (waitsFor: string) => Error,
): Promise<undefined> {
  const now = clock.now();
  const since = (await ledger.get<WaitNote>(key))?.since ?? now;
  if (now - since >= longestMs) {
    await ledger.remove(key);
    throw tooLate(waitsFor);
  }
  await ledger.put(key, { text: `Waits for ${waitsFor}`, since } satisfies WaitNote);
  return undefined;
}

const tooLong = (waitsFor: string) =>
  new RegularJobError(
    `waited ${LONGEST_JOB_MS / 3_600_000} hours for ${waitsFor}. Nothing was changed. Look at the log of the pod: a job that works is waited for again ` +
      'after a redrive; of one that has died set the status of that row to -10, then redrive',
  );

const zombie = (jobs: readonly string[]) =>
  new RegularJobError(
    `no pod of the regular job is left, and these of its jobs have not ended: ${some(jobs)}. They died in the middle. ` +
      'Set the status of those rows to -10 by hand, which lets jobs of the tenant run again, then redrive; or give this run up with the release machine',
  );

const sessionStays = (waitsFor: string) =>
  new RegularJobError(
    `the pod is gone for ${LONGEST_SESSION_MS / 60_000} minutes, and there are still ${waitsFor}. A statement of theirs may write yet: ` +
      'end them as superuser with pg_terminate_backend, then redrive',
  );

async function finish(
  { runId, step, phase }: AwaitMigratePayload,
  { ledger, clock }: AwaitMigrateDeps,
  key: ReturnType<typeof runKey>,
): Promise<void> {
  const quiet = 'no regular job is on its way';
  await ledger.put(runKey(runId, `check#${step}`), {
    name: `${quiet} ${phase === 'before' ? 'before' : 'after'} its pod was taken away`,
    expected: 'none',
    actual: 'none',
    ok: true,
    at: iso(clock.now()),
  });
  await ledger.remove(key);
}

/** A few, and how many more there are. */
const some = (list: readonly string[]): string =>
  list.length <= 10
    ? list.join(', ')
    : `${list.slice(0, 10).join(', ')} and ${list.length - 10} more`;

// The waiting task that lets data on its way arrive: jobs end, loads end, and no file is left that an
// upgraded pipeline would not load any more. It cancels nothing.

import { iso } from '../shared/clock';
import { StuckLoadsError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { type Ledger, runKey } from '../shared/ledger';
import { type WaitDeps, waitFor } from '../shared/waiting';
import type { Token } from '../shared/worker-token';
import type { AwaitLoadsPayload, AwaitLoadsResult } from './payload';
import { LEGACY_TABLES, NEW_TABLES } from './sources';

export interface LoadsDeps extends WaitDeps {
  runningJobs(region: string, applicationName: string): Promise<string[]>;
  /** ARNs of executions. */
  runningLoads(region: string, machine: string): Promise<string[]>;
  pendingFiles(
    region: string,
    table: string,
    of: readonly string[],
  ): Promise<Record<string, number>>;
}

/**
 * How long everything must stay quiet: a job's files are recorded, and their load is started, by events
 * that come a moment after the job has ended.
 */
const QUIET_MS = 120_000;
/** How long files may wait while nothing works at all. */
const STUCK_MS = 900_000;
/** How often files are counted while all is silent. */
const FILES_MS = 30_000;
/** After a longer pause between two looks nobody knows what was in between. */
const GAP_MS = 120_000;

/** What is waited for, in the ledger's notes while it is so; times are epoch milliseconds. */
interface WaitNote {
  readonly text: string;
  readonly lookedAt: number;
  readonly quietSince?: number;
  /** When files were counted last, in the silence. */
  readonly filesAt?: number;
  readonly idleSince?: number;
}

export async function awaitLoads(
  payload: AwaitLoadsPayload,
  deps: LoadsDeps,
  invocation: Invocation,
): Promise<AwaitLoadsResult> {
  const { ledger } = deps;
  const key = runKey(payload.runId, `note#${payload.step}`);
  const done = await waitFor(deps, payload, payload.step, invocation, (token) =>
    look(payload, deps, key, token),
  );
  if (done) return { status: 'done', waitsFor: 'nothing' };
  const note = await ledger.get<WaitNote>(key);
  return { status: 'running', waitsFor: note?.text ?? '' };
}

async function look(
  payload: AwaitLoadsPayload,
  deps: LoadsDeps,
  key: ReturnType<typeof runKey>,
  token: Token,
): Promise<true | undefined> {
  const { ledger, clock } = deps;
  const { region, upgraded } = payload;
  const jobs = await deps.runningJobs(region, payload.emrApplicationName);
  const loads = await deps.runningLoads(region, payload.loadMachine);
  await token.renew();
  const now = clock.now();
  const old = await ledger.get<WaitNote>(key);
  const last = old && now - old.lookedAt <= GAP_MS ? old : undefined;
  const tables = upgraded ? NEW_TABLES : [...LEGACY_TABLES, ...NEW_TABLES];
  // Two dozen questions: in vain while a job or a load will bring more, and seldom enough in the silence.
  const filesAt = isDue(last, now) ? now : last?.filesAt;
  const files =
    jobs.length + loads.length > 0 || filesAt !== now
      ? {}
      : await deps.pendingFiles(region, payload.loadFiles, tables);
  const waiting = [
    jobs.length > 0 && `${jobs.length} job run(s) of ${payload.emrApplicationName}: ${some(jobs)}`,
    loads.length > 0 &&
      `${loads.length} execution(s) of the load workflow: ${some(loads.map(nameOf))}`,
    Object.keys(files).length > 0 && `files to be loaded: ${countsOf(files)}`,
  ].filter((text) => text !== false);
  if (waiting.length === 0) {
    const quietSince = last?.quietSince ?? now;
    if (now - quietSince >= QUIET_MS) {
      await finish(payload, deps, key);
      return true;
    }
    const text = 'Waits for late files: nothing works, and nothing is left to be loaded';
    await ledger.put(key, { text, lookedAt: now, quietSince, filesAt } satisfies WaitNote);
    return undefined;
  }
  const idle = jobs.length === 0 && loads.length === 0;
  const idleSince = idle ? (last?.idleSince ?? now) : undefined;
  if (idleSince !== undefined && now - idleSince >= STUCK_MS) {
    // A redrive watches as long again: somebody has started the load workflow meanwhile.
    await ledger.put(key, { text: `Waited for ${waiting.join('; ')}`, lookedAt: 0 });
    throw new StuckLoadsError(
      `nothing has loaded the recorded files for ${STUCK_MS / 60_000} minutes, and no job runs: ${countsOf(files)} in table ${payload.loadFiles}. ` +
        `Start an execution of ${payload.loadMachine} by hand with the input {} (that is safe: it loads what is recorded, and ends at once beside another), then redrive`,
    );
  }
  const note: WaitNote = { text: `Waits for ${waiting.join('; ')}`, lookedAt: now, idleSince };
  await ledger.put(key, note);
  return undefined;
}

/** Whether files are counted now: always but in the silence, and at its end. */
const isDue = (last: WaitNote | undefined, now: number): boolean =>
  last?.quietSince === undefined ||
  now - last.quietSince >= QUIET_MS ||
  now - (last.filesAt ?? 0) >= FILES_MS;

async function finish(
  payload: AwaitLoadsPayload,
  deps: LoadsDeps,
  key: ReturnType<typeof runKey>,
): Promise<void> {
  const { ledger, clock } = deps;
  await ledger.put(runKey(payload.runId, `check#${payload.step}`), {
    name: `loads are through ${payload.upgraded ? 'after' : 'before'} the pipeline's upgrade`,
    expected: 'no job, no load, no file',
    actual: 'no job, no load, no file',
    ok: true,
    at: iso(clock.now()),
  });
  if (payload.upgraded) await noteOrphans(payload, deps, ledger);
  await ledger.remove(key);
}

/** Records of the old tables that were written too late: nobody loads them any more. */
async function noteOrphans(
  { runId, region, loadFiles }: AwaitLoadsPayload,
  deps: LoadsDeps,
  ledger: Ledger,
): Promise<void> {
  const orphans = await deps.pendingFiles(region, loadFiles, LEGACY_TABLES);
  if (Object.keys(orphans).length === 0) return;
  await ledger.put(runKey(runId, 'note#orphans'), {
    text:
      `Files of the old tables were recorded when the pipeline was upgraded already, and it never loads them: ` +
      `${countsOf(orphans)} in table ${loadFiles}. Their events are missing in the warehouse until somebody loads them by hand`,
  });
}

const nameOf = (executionArn: string): string => executionArn.split(':').at(-1)!;

/** A few names, and how many more there are. */
const some = (names: readonly string[]): string =>
  names.length <= 5
    ? names.join(', ')
    : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;

const countsOf = (files: Readonly<Record<string, number>>): string =>
  Object.entries(files)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');

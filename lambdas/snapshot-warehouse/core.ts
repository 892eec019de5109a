// The waiting task that makes one snapshot of the warehouse for its run. The name is known before the
// call: a snapshot whose answer was lost is found by it and adopted.

import { iso } from '../shared/clock';
import { isTransient, SnapshotFailedError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { runKey } from '../shared/ledger';
import { type WaitDeps, waitFor } from '../shared/waiting';
import type { Token } from '../shared/worker-token';
import type { SnapshotHost } from './hosts';
import type { SnapshotSource, SnapshotWarehousePayload, SnapshotWarehouseResult } from './payload';

export interface SnapshotDeps extends WaitDeps {
  host(source: SnapshotSource): SnapshotHost;
}

/** The ledger's item about the latest attempt. */
interface SnapshotAttempt {
  readonly number: number;
  readonly name: string;
  readonly state: 'wanted' | 'available' | 'failed';
  readonly at: string;
}

export async function snapshotWarehouse(
  payload: SnapshotWarehousePayload,
  deps: SnapshotDeps,
  invocation: Invocation,
): Promise<SnapshotWarehouseResult> {
  const host = deps.host(payload.source);
  const name = await waitFor(deps, payload, payload.step, invocation, (token) =>
    look(payload, deps, host, token),
  );
  return { status: name === undefined ? 'running' : 'done', name: name ?? null };
}

/** Name of the snapshot when it can be restored from. */
async function look(
  { runId, step }: SnapshotWarehousePayload,
  { ledger, clock }: SnapshotDeps,
  host: SnapshotHost,
  token: Token,
): Promise<string | undefined> {
  const key = runKey(runId, `snapshot#${step}`);
  const attempt = await currentAttempt(runId, step, { ledger, clock });
  if (attempt.state === 'available') return attempt.name;
  const status = await host.status(attempt.name);
  const check = async (ok: boolean) =>
    ledger.put(runKey(runId, `check#${step}`), {
      name: `snapshot of ${await host.title()}`,
      expected: `${attempt.name} AVAILABLE`,
      actual: `${attempt.name} ${status}`,
      ok,
      at: iso(clock.now()),
    });
  switch (status) {
    case undefined:
      await token.renew();
      await create(host, attempt.name);
      return undefined;
    case 'CREATING':
    case 'COPYING':
      return undefined;
    case 'AVAILABLE':
      await check(true);
      await ledger.put(key, { ...attempt, state: 'available', at: iso(clock.now()) });
      return attempt.name;
    default:
      // CANCELLED, FAILED, DELETED, and whatever a later release of the service adds.
      await token.renew();
      await check(false);
      await ledger.put(key, { ...attempt, state: 'failed', at: iso(clock.now()) });
      throw new SnapshotFailedError(
        `snapshot ${attempt.name} of ${await host.title()} ended ${status}. Look why in the console of Redshift, then redrive: the next attempt makes another`,
      );
  }
}

/** The attempt to work on: what shall be made is written down before it is asked for. */
async function currentAttempt(
  runId: string,
  step: string,
  { ledger, clock }: Pick<SnapshotDeps, 'ledger' | 'clock'>,
): Promise<SnapshotAttempt> {
  const key = runKey(runId, `snapshot#${step}`);
  const last = await ledger.get<SnapshotAttempt>(key);
  if (last && last.state !== 'failed') return last;
  const number = (last?.number ?? 0) + 1;
  // Letters, digits and single hyphens, which both services allow; a run's id has no others.
  const name = `runbook-${runId}${number === 1 ? '' : `-${number}`}`;
  const next: SnapshotAttempt = { number, name, state: 'wanted', at: iso(clock.now()) };
  const condition = last ? { number: last.number, state: 'failed' } : ('absent' as const);
  await ledger.put(key, next, condition);
  // A refused write may be our own whose answer was lost: what is there counts.
  return (await ledger.get<SnapshotAttempt>(key))!;
}

async function create(host: SnapshotHost, name: string): Promise<void> {
  try {
    await host.create(name);
  } catch (error) {
    if (isTransient(error)) throw error;
    // There is one of this name now: the answer of an earlier call was lost.
    if ((await host.status(name)) !== undefined) return;
    throw new SnapshotFailedError(
      `snapshot ${name} of ${await host.title()} could not be begun: ${(error as Error).name}: ${(error as Error).message}. ` +
        'Repair that (a warehouse that is being changed is ready after a while), then redrive',
      { cause: error },
    );
  }
}

// The waiting task that gives back everything its run has quiesced, and reads each thing back.

import { QuiesceError } from '../shared/errors';
import type { Invocation } from '../shared/handler';
import { QUIESCED_TOKEN } from '../shared/quiesced/record';
import { restoreRound, whatIsLeft } from '../shared/quiesced/restore';
import type { QuiescedKinds } from '../shared/quiesced/thing';
import { type WaitDeps, waitFor } from '../shared/waiting';
import type { RestoreQuiescedPayload, RestoreQuiescedResult } from './payload';

export interface RestoreDeps extends WaitDeps {
  readonly kinds: QuiescedKinds;
}

export async function restoreQuiesced(
  payload: RestoreQuiescedPayload,
  deps: RestoreDeps,
  invocation: Invocation,
): Promise<RestoreQuiescedResult> {
  const done = await waitFor(deps, payload, QUIESCED_TOKEN, invocation, async (token) => {
    const left = await restoreRound(deps, payload.runId, () => token.renew());
    const failed = left.filter(({ error }) => error);
    if (failed.length > 0) {
      throw new QuiesceError(
        `${failed.map(whatIsLeft).join('; ')}. Repair that, then redrive: what is not given back yet is tried again`,
      );
    }
    return left.length === 0 ? ('done' as const) : undefined;
  });
  return { status: done ?? 'running' };
}

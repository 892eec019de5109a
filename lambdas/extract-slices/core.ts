// The waiting task that extracts a tenant's alt scores, slice by slice of `updated`. See `extraction.ts` for
// a slice's way, and `server.ts` for why no two statements of a slice can run at once.

import { allRunning } from '../shared/executions';
import type { Invocation } from '../shared/handler';
import { waitFor } from '../shared/waiting';
import { TokenLost } from '../shared/worker-token';
import { Extraction } from './extraction';
import type { ExtractSlicesPayload, ExtractSlicesResult } from './payload';
import type { ExtractDeps } from './work';

export async function extractSlices(
  payload: ExtractSlicesPayload,
  deps: ExtractDeps,
  invocation: Invocation,
): Promise<ExtractSlicesResult> {
  const extraction = new Extraction(payload, deps, invocation);
  const step = `extract-${payload.tenant.id}`;
  const waiting = { ...deps, clock: extraction.seat.clock };
  let ours = true;
  try {
    const seen = await waitFor(waiting, payload, step, invocation, (token) =>
      extraction.round(token),
    );
    if (seen) return seen;
    const runs = await allRunning(deps.sfn, [payload.selfArn, payload.rootArn]);
    await extraction.seat.leave(!runs);
    return await extraction.running();
  } catch (error) {
    if (!(error instanceof TokenLost)) throw error;
    ours = false;
    return await extraction.running();
  } finally {
    // A successor follows what runs on the session of a worker that lost its token.
    if (ours) extraction.seat.close();
  }
}

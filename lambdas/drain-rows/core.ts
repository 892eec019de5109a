// The waiting task that removes the old rows, exactly from the first to the last that was copied and compared.
// Whoever removes holds a lock of the server by name: a second worker waits until the session of the first
// is gone, and with it every statement it had begun.

import type { Invocation } from '../shared/handler';
import { withTables } from '../shared/history/work';
import { waitFor } from '../shared/waiting';
import { Drain, type DrainDeps } from './drain';
import type { DrainRowsPayload, DrainRowsResult } from './payload';

export async function drainRows(
  payload: DrainRowsPayload,
  deps: DrainDeps,
  invocation: Invocation,
): Promise<DrainRowsResult> {
  return withTables(payload, deps, async (source, target) => {
    const drain = new Drain(payload, deps, source, target);
    const waiting = { ...deps, clock: drain.clock };
    try {
      const seen = await waitFor(waiting, payload, 'drain-rows', invocation, () => drain.round());
      return seen ?? drain.result('running');
    } finally {
      drain.close();
    }
  });
}

// The waiting task that copies a range of a table, or compares it, chunk by chunk. See `copy.ts` for the order
// of things, and `shared/copy/chunk.ts` for why a chunk is copied once, whatever becomes of its worker.

import type { Invocation } from '../shared/handler';
import { waitFor } from '../shared/waiting';
import { Copy, type CopyDeps } from './copy';
import type { CopyChunksPayload, CopyChunksResult } from './payload';

export async function copyChunks(
  payload: CopyChunksPayload,
  deps: CopyDeps,
  invocation: Invocation,
): Promise<CopyChunksResult> {
  const copy = new Copy(payload, deps);
  const step = `copy-chunks-${payload.phase}-${payload.range.name}`;
  const waiting = { ...deps, clock: copy.clock };
  try {
    const done = await waitFor(waiting, payload, step, invocation, () => copy.round());
    return done ?? copy.result('running');
  } finally {
    copy.close();
  }
}

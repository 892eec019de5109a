// The task that proves that warehouse, load and reports agree: which phase, and who may act for it.

import type { Invocation } from '../shared/handler';
import { waitFor } from '../shared/waiting';
import type { ReconcileDeps } from './deps';
import { final } from './final';
import type { ReconcilePayload, ReconcileResult } from './payload';
import { staged } from './staged';
import { sweep } from './sweep';

/** @throws ReconciliationError naming tenant, school year and column; again on redrive, unless repaired */
export async function reconcile(
  payload: ReconcilePayload,
  deps: ReconcileDeps,
  invocation: Invocation,
): Promise<ReconcileResult> {
  const step = `reconcile-${payload.phase}`;
  const done = await waitFor(deps, payload, step, invocation, (token) => {
    switch (payload.phase) {
      case 'staged':
        return staged(payload, deps, invocation, token);
      case 'final':
        return final(payload, deps, invocation);
      default:
        return sweep(payload, deps, invocation, token);
    }
  });
  return done ?? { status: 'running' };
}

// Why a run stopped.

import type { SFNClient } from '@aws-sdk/client-sfn';
import { describe, type ExecutionHistory, visits } from './history';
import { childrenIn, latestMapRuns } from './map-runs';

/** Where a closed execution failed: the innermost child's failing state, with its error. */
export interface Failure {
  readonly state: string;
  readonly execution: string;
  readonly error: string;
  readonly cause: string | undefined;
}

/**
 * Failures of a run that failed: one per child that failed and has no failed child, else the root's. Children are those
 * of the Map Run each Map state started last; what an earlier one left was tried again.
 *
 * @param all the root's history first
 */
export async function failures(
  client: SFNClient,
  all: readonly ExecutionHistory[],
): Promise<Failure[]> {
  const root = all.slice(0, 1);
  const leaves = root.flatMap((one) => failedBelow(one, all));
  return Promise.all(
    (leaves.length > 0 ? leaves : root.filter(isFailed)).map(async (history) => {
      const { error, cause } = await describe(client, history.arn);
      const state = visits(history).findLast(({ ended }) => !ended)?.state ?? 'unknown';
      return { state, execution: history.arn, error: error ?? history.status, cause };
    }),
  );
}

const isFailed = ({ status }: ExecutionHistory): boolean =>
  status === 'FAILED' || status === 'TIMED_OUT';

/** Those with failed children of their own only pass an error on. */
function failedBelow(
  history: ExecutionHistory,
  all: readonly ExecutionHistory[],
): ExecutionHistory[] {
  const runs = [...latestMapRuns(history).values()];
  return childrenIn(runs, all)
    .filter(isFailed)
    .flatMap((child) => {
      const below = failedBelow(child, all);
      return below.length > 0 ? below : [child];
    });
}

// Whether a chunk may begin, and if not, why. Asked before each chunk; the answers of one moment.

import type { CopySettings } from '../../copy-chunks/payload';
import { CopyOverloadError } from '../errors';
import type { Paused } from './checkpoint';

export type PauseReason = 'operator' | 'lag' | 'threads' | 'history list' | 'commit' | 'storage';

/** What the servers say. A member that is undefined cannot be looked at. */
export interface Load {
  /** Of the slowest replica; infinite where replication has stopped. */
  readonly lagSeconds?: number;
  readonly threads: number;
  readonly historyList?: number;
  readonly freeGiB?: number;
  /** How long the last commit took. */
  readonly commitMs: number;
}

/**
 * Why no chunk may begin.
 *
 * @throws CopyOverloadError where the servers have so much to do that the copy should not even wait
 */
export function pauseReason(
  load: Load,
  settings: CopySettings & { readonly pause: boolean },
): PauseReason | undefined {
  if (load.threads >= settings.abortThreads) {
    throw new CopyOverloadError(
      `${load.threads} threads run in MySQL, and ${settings.abortThreads} (abortThreads) stop the copy. What is ` +
        'verified stays. Wait until the load is gone, then redrive: the copy goes on there',
    );
  }
  if (settings.pause) return 'operator';
  if ((load.lagSeconds ?? 0) > settings.maxLagSeconds) return 'lag';
  if (load.threads >= settings.pauseThreads) return 'threads';
  if ((load.historyList ?? 0) > settings.maxHistoryList) return 'history list';
  if (load.commitMs > settings.maxCommitMs) return 'commit';
  const floor = settings.minFreeGiB ?? 0;
  return (load.freeGiB ?? Number.POSITIVE_INFINITY) < floor ? 'storage' : undefined;
}

/** Adds to the seconds of a reason. */
export const rested = (paused: Paused, reason: string, seconds: number): Paused => ({
  ...paused,
  [reason]: Math.round(((paused[reason] ?? 0) + seconds) * 1000) / 1000,
});

// What spares the servers, in a copy and in a drain: what each setting may be, in inputs and while a run
// is under way.

import * as z from 'zod';

export const COPY_LIMITS = {
  /** Seconds a chunk should take. */
  chunkSeconds: z.number().min(0.1).max(5),
  /** Size a chunk should have. */
  chunkMiB: z.number().min(1).max(64),
  /** Rest after a chunk, in parts of its time. */
  niceRatio: z.number().min(0).max(10),
  /** No chunk begins while a replica is further behind. */
  maxLagSeconds: z.number().min(0.1).max(3600),
  /** No chunk begins while as many threads work on the target. */
  pauseThreads: z.int().min(1).max(10_000),
  /** The copy stops while as many threads work on the target. */
  abortThreads: z.int().min(2).max(100_000),
  /** No chunk begins while InnoDB's history list is longer. */
  maxHistoryList: z.int().min(1000).max(1_000_000_000),
  /** No chunk begins while a commit takes longer. */
  maxCommitMs: z.number().min(1).max(60_000),
  /** No chunk begins while the target has less free storage. */
  minFreeGiB: z.number().min(0).max(1_000_000).nullable(),
};

/** The same as members of an input, with the defaults of the tools that others know. */
export const copyThrottle = {
  chunkSeconds: COPY_LIMITS.chunkSeconds.default(0.5),
  chunkMiB: COPY_LIMITS.chunkMiB.default(16),
  niceRatio: COPY_LIMITS.niceRatio.default(0.5),
  maxLagSeconds: COPY_LIMITS.maxLagSeconds.default(1.5),
  pauseThreads: COPY_LIMITS.pauseThreads.default(25),
  abortThreads: COPY_LIMITS.abortThreads.default(50),
  maxHistoryList: COPY_LIMITS.maxHistoryList.default(1_000_000),
  maxCommitMs: COPY_LIMITS.maxCommitMs.default(100),
  minFreeGiB: COPY_LIMITS.minFreeGiB.default(null),
};

/** Refuses a copy that would stop before it pauses. */
export const stopsAfterPause = {
  check: ({ pauseThreads, abortThreads }: { pauseThreads: number; abortThreads: number }) =>
    abortThreads > pauseThreads,
  params: { path: ['abortThreads'], message: 'must be more than pauseThreads' },
};

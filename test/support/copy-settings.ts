// What brakes a copy, where a test or a bench is not about it.

/** The defaults of an input, written out: what a run of today is given. */
export const COPY_DEFAULTS = {
  chunkSeconds: 0.5,
  chunkMiB: 16,
  niceRatio: 0.5,
  maxLagSeconds: 1.5,
  pauseThreads: 25,
  abortThreads: 50,
  maxHistoryList: 1_000_000,
  maxCommitMs: 100,
  minFreeGiB: null,
};

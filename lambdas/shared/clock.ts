/** Time as the cores see it, so that tests can turn it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Only waiting tasks sleep, and only between two questions to a service without a long poll. */
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Epoch milliseconds as an ISO 8601 instant in UTC. */
export const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * How long before its own end a waiting task returns: 2 of the 15 minutes of a Lambda function
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 */
export const LEAVE_BEFORE_END_MS = 120_000;

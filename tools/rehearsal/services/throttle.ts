// Calls a second that a service takes, operation by operation: one bucket each that holds a second's
// worth and fills as the rehearsal's time passes.

import { type Clock, ServiceError } from '../types';

interface Bucket {
  tokens: number;
  at: number;
}

/** Throws ThrottlingException where AWS would. */
export class Throttle {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly clock: Clock,
    /** Calls a second by operation; others are not limited. */
    private readonly rates: Readonly<Record<string, number>>,
  ) {}

  take(operation: string): void {
    const rate = Object.hasOwn(this.rates, operation) ? this.rates[operation] : undefined;
    if (rate === undefined) return;
    const now = this.clock.now();
    const bucket = this.buckets.get(operation) ?? { tokens: rate, at: now };
    this.buckets.set(operation, bucket);
    bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    if (bucket.tokens < 1) throw new ServiceError('ThrottlingException', 'Rate exceeded');
    bucket.tokens -= 1;
  }
}

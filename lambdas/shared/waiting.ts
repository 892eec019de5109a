// How waiting tasks without a service's long poll spend their time: design rule 7 in numbers.

import { LEAVE_BEFORE_END_MS } from './clock';
import type { Invocation } from './handler';

/** Pause before the next question: 5 s, and after five minutes of one turn 15 s. */
export const pauseMs = (waitedMs: number): number => (waitedMs < 300_000 ? 5_000 : 15_000);

/** True while another round fits into the invocation. */
export const hasTime = (invocation: Pick<Invocation, 'remainingMs'>, waitedMs: number): boolean =>
  invocation.remainingMs() - pauseMs(waitedMs) > LEAVE_BEFORE_END_MS;

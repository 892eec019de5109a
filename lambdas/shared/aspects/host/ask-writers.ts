// The look for writers that tasks in ClickHouse take, with the clients of a Lambda function.

import { systemClock } from '../../clock';
import type { Invocation } from '../../handler';
import { runCommandIn } from '../../host/clients';
import { type WritersOf, writersNow } from './writers';

/** Asks which services write into ClickHouse now, within the time the invocation has. */
export const askWriters =
  (work: WritersOf, { remainingMs }: Invocation): (() => Promise<readonly string[]>) =>
  () =>
    writersNow(work, { ssm: runCommandIn, clock: systemClock, remainingMs });

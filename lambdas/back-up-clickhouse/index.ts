import { writersNow } from '../shared/aspects/host/writers';
import { connectClickHouse } from '../shared/clickhouse/connect';
import { systemClock } from '../shared/clock';
import { waitingDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { runCommandIn } from '../shared/host/clients';
import { backUpClickHouse } from './core';
import type { BackUpClickHousePayload } from './payload';

export const handler = taskHandler((payload: BackUpClickHousePayload, invocation) =>
  backUpClickHouse(
    payload,
    {
      ...waitingDeps(connectClickHouse),
      writing: () =>
        writersNow(payload, {
          ssm: runCommandIn,
          clock: systemClock,
          remainingMs: invocation.remainingMs,
        }),
    },
    invocation,
  ),
);

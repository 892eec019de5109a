import { writersNow } from '../shared/aspects/host/writers';
import { connectClickHouse } from '../shared/clickhouse/connect';
import { systemClock } from '../shared/clock';
import { waitingDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { runCommandIn } from '../shared/host/clients';
import { restoreClickHouse } from './core';
import type { RestoreClickHousePayload } from './payload';

export const handler = taskHandler((payload: RestoreClickHousePayload, invocation) =>
  restoreClickHouse(
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

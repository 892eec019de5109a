import { askWriters } from '../shared/aspects/host/ask-writers';
import { connectClickHouse } from '../shared/clickhouse/connect';
import { waitingDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { restoreClickHouse } from './core';
import type { RestoreClickHousePayload } from './payload';

export const handler = taskHandler((payload: RestoreClickHousePayload, invocation) =>
  restoreClickHouse(
    payload,
    {
      ...waitingDeps(connectClickHouse),
      writing: askWriters(payload, invocation),
    },
    invocation,
  ),
);

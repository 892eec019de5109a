import { askWriters } from '../shared/aspects/host/ask-writers';
import { connectClickHouse } from '../shared/clickhouse/connect';
import { waitingDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { backUpClickHouse } from './core';
import type { BackUpClickHousePayload } from './payload';

export const handler = taskHandler((payload: BackUpClickHousePayload, invocation) =>
  backUpClickHouse(
    payload,
    {
      ...waitingDeps(connectClickHouse),
      writing: askWriters(payload, invocation),
    },
    invocation,
  ),
);

import { connectClickHouse } from '../shared/clickhouse/connect';
import { databaseDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { dropDeprecated } from './core';
import type { DropDeprecatedPayload } from './payload';

export const handler = taskHandler((payload: DropDeprecatedPayload) =>
  dropDeprecated(payload, databaseDeps(connectClickHouse)),
);

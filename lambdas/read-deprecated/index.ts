import { connectClickHouse } from '../shared/clickhouse/connect';
import { databaseDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { readDeprecated } from './core';
import type { ReadDeprecatedPayload } from './payload';

export const handler = taskHandler((payload: ReadDeprecatedPayload) =>
  readDeprecated(payload, databaseDeps(connectClickHouse)),
);

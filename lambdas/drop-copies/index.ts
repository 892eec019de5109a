import { connectClickHouse } from '../shared/clickhouse/connect';
import { databaseDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { dropCopies } from './core';
import type { DropCopiesPayload } from './payload';

export const handler = taskHandler((payload: DropCopiesPayload) =>
  dropCopies(payload, databaseDeps(connectClickHouse)),
);

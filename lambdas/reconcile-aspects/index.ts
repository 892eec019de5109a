import { connectClickHouse } from '../shared/clickhouse/connect';
import { databaseDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { reconcileAspects } from './core';
import type { ReconcileAspectsPayload } from './payload';

export const handler = taskHandler((payload: ReconcileAspectsPayload) =>
  reconcileAspects(payload, databaseDeps(connectClickHouse)),
);

import { connectClickHouse } from '../shared/clickhouse/connect';
import { databaseDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { verifyAspects } from './core';
import type { VerifyAspectsPayload } from './payload';

export const handler = taskHandler((payload: VerifyAspectsPayload) =>
  verifyAspects(payload, databaseDeps(connectClickHouse)),
);

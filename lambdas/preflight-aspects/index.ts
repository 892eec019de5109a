import { connectClickHouse } from '../shared/clickhouse/connect';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { preflightAspects } from './core';
import type { PreflightAspectsPayload } from './payload';

export const handler = taskHandler((payload: PreflightAspectsPayload) =>
  preflightAspects(payload, { connect: connectClickHouse, sqlText }),
);

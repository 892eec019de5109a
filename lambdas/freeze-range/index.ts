import { databaseDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { freezeRange } from './core';
import type { FreezeRangePayload } from './payload';

export const handler = taskHandler((payload: FreezeRangePayload) =>
  freezeRange(payload, databaseDeps(connectMySql)),
);

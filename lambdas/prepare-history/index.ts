import { databaseDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { prepareHistory } from './core';
import type { PrepareHistoryPayload } from './payload';

export const handler = taskHandler((payload: PrepareHistoryPayload) =>
  prepareHistory(payload, databaseDeps(connectMySql)),
);

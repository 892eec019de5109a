import { taskHandler } from '../shared/handler';
import { mySqlDeps } from '../shared/mysql/deps';
import { prepareHistory } from './core';
import type { PrepareHistoryPayload } from './payload';

export const handler = taskHandler((payload: PrepareHistoryPayload) =>
  prepareHistory(payload, mySqlDeps()),
);

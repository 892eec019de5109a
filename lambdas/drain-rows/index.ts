import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { waitingMySqlDeps } from '../shared/mysql/deps';
import { drainRows } from './core';
import type { DrainRowsPayload } from './payload';

export const handler = taskHandler((payload: DrainRowsPayload, invocation) =>
  drainRows(payload, { ...waitingMySqlDeps(), connectReplica: connectMySql }, invocation),
);

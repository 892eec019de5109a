import { waitingDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { drainRows } from './core';
import type { DrainRowsPayload } from './payload';

export const handler = taskHandler((payload: DrainRowsPayload, invocation) =>
  drainRows(payload, { ...waitingDeps(connectMySql), connectReplica: connectMySql }, invocation),
);

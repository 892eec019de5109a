import { waitingDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { awaitWrites } from './core';
import type { AwaitWritesPayload } from './payload';

export const handler = taskHandler((payload: AwaitWritesPayload, invocation) =>
  awaitWrites(payload, waitingDeps(connectMySql), invocation),
);

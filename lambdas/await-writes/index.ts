import { taskHandler } from '../shared/handler';
import { waitingMySqlDeps } from '../shared/mysql/deps';
import { awaitWrites } from './core';
import type { AwaitWritesPayload } from './payload';

export const handler = taskHandler((payload: AwaitWritesPayload, invocation) =>
  awaitWrites(payload, waitingMySqlDeps(), invocation),
);

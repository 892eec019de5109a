import { databaseDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { checkOffset } from './core';
import type { CheckOffsetPayload } from './payload';

export const handler = taskHandler((payload: CheckOffsetPayload) =>
  checkOffset(payload, databaseDeps(connectMySql)),
);

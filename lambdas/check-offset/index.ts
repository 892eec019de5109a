import { taskHandler } from '../shared/handler';
import { mySqlDeps } from '../shared/mysql/deps';
import { checkOffset } from './core';
import type { CheckOffsetPayload } from './payload';

export const handler = taskHandler((payload: CheckOffsetPayload) =>
  checkOffset(payload, mySqlDeps()),
);

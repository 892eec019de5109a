import { taskHandler } from '../shared/handler';
import { mySqlDeps } from '../shared/mysql/deps';
import { freezeRange } from './core';
import type { FreezeRangePayload } from './payload';

export const handler = taskHandler((payload: FreezeRangePayload) =>
  freezeRange(payload, mySqlDeps()),
);

import { taskHandler } from '../shared/handler';
import { mySqlDeps } from '../shared/mysql/deps';
import { readMigration } from './core';
import type { ReadMigrationPayload } from './payload';

export const handler = taskHandler((payload: ReadMigrationPayload) =>
  readMigration(payload, mySqlDeps()),
);

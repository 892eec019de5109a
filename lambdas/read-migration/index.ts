import { databaseDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { readMigration } from './core';
import type { ReadMigrationPayload } from './payload';

export const handler = taskHandler((payload: ReadMigrationPayload) =>
  readMigration(payload, databaseDeps(connectMySql)),
);

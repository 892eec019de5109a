import { connectClickHouse } from '../shared/clickhouse/connect';
import { databaseDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { confirmBackup } from './core';
import type { ConfirmBackupPayload } from './payload';

export const handler = taskHandler((payload: ConfirmBackupPayload) =>
  confirmBackup(payload, databaseDeps(connectClickHouse)),
);

import { connectClickHouse } from '../shared/clickhouse/connect';
import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { confirmBackup } from './core';
import type { ConfirmBackupPayload } from './payload';

export const handler = taskHandler((payload: ConfirmBackupPayload) =>
  confirmBackup(payload, {
    ledger: ledgerFromEnv(),
    clock: systemClock,
    connect: connectClickHouse,
    sqlText,
  }),
);

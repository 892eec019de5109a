import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { sqlText } from '../shared/sql-files';
import { readMigration } from './core';
import type { ReadMigrationPayload } from './payload';

export const handler = taskHandler((payload: ReadMigrationPayload) =>
  readMigration(payload, {
    ledger: ledgerFromEnv(),
    clock: systemClock,
    sqlText,
    connect: connectMySql,
  }),
);

import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { sqlText } from '../shared/sql-files';
import { prepareHistory } from './core';
import type { PrepareHistoryPayload } from './payload';

export const handler = taskHandler((payload: PrepareHistoryPayload) =>
  prepareHistory(payload, {
    ledger: ledgerFromEnv(),
    clock: systemClock,
    sqlText,
    connect: connectMySql,
  }),
);

import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { sqlText } from '../shared/sql-files';
import { checkOffset } from './core';
import type { CheckOffsetPayload } from './payload';

export const handler = taskHandler((payload: CheckOffsetPayload) =>
  checkOffset(payload, {
    ledger: ledgerFromEnv(),
    clock: systemClock,
    sqlText,
    connect: connectMySql,
  }),
);

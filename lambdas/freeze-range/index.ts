import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { connectMySql } from '../shared/mysql/connect';
import { sqlText } from '../shared/sql-files';
import { freezeRange } from './core';
import type { FreezeRangePayload } from './payload';

export const handler = taskHandler((payload: FreezeRangePayload) =>
  freezeRange(payload, {
    ledger: ledgerFromEnv(),
    clock: systemClock,
    sqlText,
    connect: connectMySql,
  }),
);

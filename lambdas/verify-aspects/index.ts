import { connectClickHouse } from '../shared/clickhouse/connect';
import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { verifyAspects } from './core';
import type { VerifyAspectsPayload } from './payload';

export const handler = taskHandler((payload: VerifyAspectsPayload) =>
  verifyAspects(payload, {
    ledger: ledgerFromEnv(),
    clock: systemClock,
    connect: connectClickHouse,
    sqlText,
  }),
);

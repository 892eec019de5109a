import { connectClickHouse } from '../shared/clickhouse/connect';
import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { reconcileAspects } from './core';
import type { ReconcileAspectsPayload } from './payload';

export const handler = taskHandler((payload: ReconcileAspectsPayload) =>
  reconcileAspects(payload, {
    ledger: ledgerFromEnv(),
    clock: systemClock,
    connect: connectClickHouse,
    sqlText,
  }),
);

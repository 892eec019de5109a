import { connectClickHouse } from '../shared/clickhouse/connect';
import { ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { sqlText } from '../shared/sql-files';
import { readDeprecated } from './core';
import type { ReadDeprecatedPayload } from './payload';

export const handler = taskHandler((payload: ReadDeprecatedPayload) =>
  readDeprecated(payload, {
    ledger: ledgerFromEnv(),
    clock: systemClock,
    connect: connectClickHouse,
    sqlText,
  }),
);
